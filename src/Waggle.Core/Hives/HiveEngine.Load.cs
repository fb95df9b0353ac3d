using Waggle.Core.Agents;
using Waggle.Core.Kernel;
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
        await foreach (var entity in store.LoadOpenAsync(tenure, cancel)) OrSetAside(entity, e => Load(e, now));
        await State.LoadMoreAsync(store, now, cancel);
        State.EndLoad(now);
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
            foreach (var entity in await store.GetAsync(_options.Hive, _coldKeys, CancellationToken.None)) OrSetAside(entity, PutCold);
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
            foreach (var entity in (await store.QueryAsync(_options.Hive, query, CancellationToken.None)).Entities) OrSetAside(entity, PutCold);
        }
    }

    private void OrSetAside(StoredEntity entity, Action<StoredEntity> put)
    {
        try
        {
            put(entity);
        }
        catch (EntityDamagedException e) when (_stored is not null)
        {
            _stored.SetAside(entity, e);
        }
    }

    private void Load(StoredEntity entity, DateTimeOffset now)
    {
        switch (entity.Kind)
        {
            case "task":
                State.Load(TaskFeature.Tasks.Parse(entity), now);
                break;
            case "agent":
                State.Load(AgentFeature.Agents.Parse(entity), now);
                break;
            case "agent_secret":
                State.Load(AgentFeature.Secrets.Parse(entity));
                break;
            default:
                TableOf(entity).Load(entity);
                break;
        }
    }

    private void PutCold(StoredEntity entity)
    {
        switch (entity.Kind)
        {
            case "task":
                State.PutCold(TaskFeature.Tasks.Parse(entity));
                break;
            case "attempt":
                State.PutCold(TaskFeature.Attempts.Parse(entity));
                break;
            default:
                TableOf(entity).Fetch(entity);
                break;
        }
    }

    private EntityTable TableOf(StoredEntity entity) => State.Context.Table(entity.Kind) ?? throw new StoreCorruptException(
        $"The store holds a {entity.Kind} ('{entity.Id}'), a kind of entity that no feature of this version of Waggle knows. A newer version of Waggle wrote it.");
}
