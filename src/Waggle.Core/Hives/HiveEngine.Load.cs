using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Core.Insight;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;

namespace Waggle.Core.Hives;

internal sealed partial class HiveEngine
{
    private readonly List<EntityKey> _coldKeys = [];
    private readonly List<string> _coldColumns = [];

    /// <summary>Builds the hot state from what is stored as open: at the start, and after a batch that could not be stored.</summary>
    public async Task LoadAsync(IStore store, Tenure tenure, DateTimeOffset now, CancellationToken cancel)
    {
        _batch.Clear();
        _pushes.Clear();
        State.Reset();
        State.Epoch = tenure.Epoch;
        State.NextOffset = tenure.Head + 1;
        await foreach (var entity in store.LoadOpenAsync(tenure, cancel)) Load(entity, now);
        if (State.TaskDay?.Totals is null && tenure.Head > 0) await LoadTotalsAsync(store, now, cancel);
        State.EndLoad();
    }

    // A folder from before totals were kept: those begin with the tasks that it still has.
    private async Task LoadTotalsAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        var none = new TaskTotals();
        var totals = none;
        foreach (var state in TaskTotals.States)
        {
            var query = new EntityQuery(TaskEntity.Entity.Name, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["state"] = [TaskColumns.Name(state)] });
            totals = totals.With(state, await store.CountAsync(_options.Hive, query, cancel));
        }

        if (totals != none) State.Load(totals, now);
    }

    /// <summary>Fetches what the turn's commands need and memory has not, so that deciding never waits.</summary>
    public async Task FetchAsync(IStore store, IEnumerable<Command> commands)
    {
        _coldKeys.Clear();
        _coldColumns.Clear();
        foreach (var command in commands)
        {
            if (command.Malformed() is null) command.CollectColdKeys(State, _coldKeys);
        }

        if (_coldKeys.Count > 0)
        {
            foreach (var entity in await store.GetAsync(_options.Hive, _coldKeys, CancellationToken.None)) PutCold(entity);
        }

        foreach (var command in commands)
        {
            if (command.Malformed() is null) command.CollectIdempotencyKeys(State, _coldColumns);
        }

        _coldColumns.RemoveAll(c => State.TaskByColumn(c) is not null);
        if (_coldColumns.Count == 0) return;
        foreach (var some in _coldColumns.Chunk(500))
        {
            var query = new EntityQuery(
                TaskEntity.Entity.Name,
                new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["idempotency"] = some },
                Limit: some.Length);
            foreach (var entity in (await store.QueryAsync(_options.Hive, query, CancellationToken.None)).Entities) PutCold(entity);
        }
    }

    public static T Parse<T>(StoredEntity entity, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(entity.Body.Span, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new StoreCorruptException($"The stored {entity.Kind} '{entity.Id}' cannot be read: {e.Message}", e);
        }
    }

    private void Load(StoredEntity entity, DateTimeOffset now)
    {
        switch (entity.Kind)
        {
            case "task":
                State.Load(Parse(entity, CoreJson.Default.TaskEntity), now);
                break;
            case "agent":
                State.Load(Parse(entity, CoreJson.Default.AgentEntity), now);
                break;
            case "agent_secret":
                State.Load(Parse(entity, CoreJson.Default.AgentSecret));
                break;
            case "swarm":
                State.Put(Parse(entity, CoreJson.Default.SwarmEntity));
                break;
            case "alert":
                State.Load(Parse(entity, CoreJson.Default.AlertEntity));
                break;
            case "id_counters":
                State.Load(Parse(entity, CoreJson.Default.IdCounters));
                break;
            case "task_day":
                State.Load(Parse(entity, CoreJson.Default.TaskDay));
                break;
        }
    }

    private void PutCold(StoredEntity entity)
    {
        switch (entity.Kind)
        {
            case "task":
                State.PutCold(Parse(entity, CoreJson.Default.TaskEntity));
                break;
            case "attempt":
                State.PutCold(Parse(entity, CoreJson.Default.AttemptView));
                break;
            case "alert":
                State.PutCold(Parse(entity, CoreJson.Default.AlertEntity));
                break;
            case "conversation":
                State.PutCold(Parse(entity, CoreJson.Default.ConversationEntity));
                break;
            case "chat_message":
                State.PutCold(Parse(entity, CoreJson.Default.ChatMessageEntity));
                break;
            case "notification":
                State.PutCold(Parse(entity, CoreJson.Default.NotificationEntity));
                break;
            case "notifications_seen":
                State.PutCold(Parse(entity, CoreJson.Default.SeenEntity));
                break;
        }
    }
}
