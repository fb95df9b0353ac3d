using System.Text.Json;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    /// <summary>Builds the hot state from what is stored as open: at the start, and after a batch that could not be stored.</summary>
    private async Task LoadAsync(CancellationToken cancel)
    {
        _state.Reset();
        _state.Epoch = _tenure.Epoch;
        _state.NextOffset = _tenure.Head + 1;
        Volatile.Write(ref _head, _tenure.Head);
        var now = _clock.Now();
        await foreach (var entity in _store.LoadOpenAsync(_tenure, cancel)) Load(entity, now);
        _state.LinkDependencies();
        foreach (var agent in _state.Agents.Select(a => a.Id).ToArray()) _state.Rearm(agent);
        _state.EndBatch();
    }

    private void Load(StoredEntity entity, DateTimeOffset now)
    {
        switch (entity.Kind)
        {
            case "task":
                _state.Load(Parse(entity, CoreJson.Default.TaskEntity), now);
                break;
            case "agent":
                _state.Load(Parse(entity, CoreJson.Default.AgentEntity), now);
                break;
            case "agent_secret":
                _state.Load(Parse(entity, CoreJson.Default.AgentSecret));
                break;
            case "swarm":
                _state.Put(Parse(entity, CoreJson.Default.SwarmEntity));
                break;
        }
    }

    /// <summary>Fetches what the batch's commands need and memory has not, so that deciding never waits.</summary>
    private async Task FetchColdAsync()
    {
        _coldKeys.Clear();
        _coldColumns.Clear();
        foreach (var item in _items) item.Command.CollectColdKeys(_state, _coldKeys);
        if (_coldKeys.Count > 0)
        {
            foreach (var entity in await _store.GetAsync(Options.Hive, _coldKeys, CancellationToken.None)) PutCold(entity);
        }

        foreach (var item in _items) item.Command.CollectIdempotencyKeys(_state, _coldColumns);
        _coldColumns.RemoveAll(c => _state.TaskByColumn(c) is not null);
        if (_coldColumns.Count == 0) return;
        foreach (var some in _coldColumns.Chunk(500))
        {
            var query = new EntityQuery(
                TaskEntity.Entity.Name,
                new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["idempotency"] = some },
                Limit: some.Length);
            foreach (var entity in (await _store.QueryAsync(Options.Hive, query, CancellationToken.None)).Entities) PutCold(entity);
        }
    }

    private void PutCold(StoredEntity entity)
    {
        if (entity.Kind == TaskEntity.Entity.Name) _state.PutCold(Parse(entity, CoreJson.Default.TaskEntity));
        else if (entity.Kind == AttemptEntity.Entity.Name) _state.PutCold(Parse(entity, CoreJson.Default.AttemptView));
    }

    private static T Parse<T>(StoredEntity entity, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
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
}
