using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Loads stored entities into the hot state: the open ones, and those that the commands of a turn need. Only the owner's loop uses it.</summary>
/// <param name="stored">The reader that sets damaged entities aside; null ends the load at the first damaged entity.</param>
internal sealed class HiveLoader(HiveState state, StoredEntities? stored)
{
    // The number of values in one query.
    private const int Slice = 500;

    private readonly List<EntityKey> _keys = [];
    private readonly List<UniqueKey> _uniqueKeys = [];
    private readonly List<EntityRange> _ranges = [];

    /// <summary>Builds the hot state from the open entities of the store, at the start and after a batch that could not be stored.</summary>
    public async Task LoadAsync(IStore store, Tenure tenure, DateTimeOffset now, CancellationToken cancel)
    {
        state.Reset();
        state.Context.Epoch = tenure.Epoch;
        state.Context.NextOffset = tenure.Head + 1;
        state.Context.Now = now;
        await foreach (var entity in store.LoadOpenAsync(tenure, cancel)) OrSetAside(entity, static (table, e) => table.Load(e));
        await state.LoadMoreAsync(store, now, cancel);
        state.EndLoad(now);
    }

    /// <summary>Fetches the entities that the commands of the turn need and memory lacks, so that a decision never waits.</summary>
    public async Task FetchAsync(IStore store, IEnumerable<Command> commands)
    {
        _keys.Clear();
        _uniqueKeys.Clear();
        foreach (var command in commands)
        {
            if (command.Malformed() is null) command.CollectColdKeys(state, _keys);
        }

        if (_keys.Count > 0)
        {
            foreach (var entity in await store.GetAsync(state.Hive, _keys, CancellationToken.None)) OrSetAside(entity, static (table, e) => table.Fetch(e));
        }

        _ranges.Clear();
        foreach (var command in commands)
        {
            if (command.Malformed() is not null) continue;
            command.CollectUniqueKeys(state, _uniqueKeys);
            command.CollectRanges(state, _ranges);
        }

        foreach (var range in _ranges) await FetchRangeAsync(store, range);

        _uniqueKeys.RemoveAll(k => state.Context.Table(k.Kind)?.IdOf(k.Value) is not null);
        if (_uniqueKeys.Count > 0) await FetchUniqueAsync(store);
    }

    // Damaged entities do not count for the limit. Otherwise as many of them at the front would hide all others for ever.
    private async Task FetchRangeAsync(IStore store, EntityRange range)
    {
        for (var damaged = 0; ;)
        {
            var page = await store.RangeAsync(state.Hive, range with { Limit = range.Limit + damaged }, CancellationToken.None);
            var read = page.Entities.Count(entity => OrSetAside(entity, static (table, e) => table.Fetch(e)));
            if (read >= range.Limit || page.Entities.Count < range.Limit + damaged) return;
            damaged = page.Entities.Count - read;
        }
    }

    private async Task FetchUniqueAsync(IStore store)
    {
        foreach (var column in _uniqueKeys.GroupBy(k => (k.Kind, k.Column)).ToArray())
        {
            foreach (var some in column.Select(k => k.Value).Chunk(Slice))
            {
                var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [column.Key.Column] = some };
                var page = await store.QueryAsync(state.Hive, new EntityQuery(column.Key.Kind, equal, Limit: some.Length), CancellationToken.None);
                foreach (var entity in page.Entities) OrSetAside(entity, static (table, e) => table.Fetch(e));
            }
        }
    }

    private bool OrSetAside(StoredEntity entity, Action<EntityTable, StoredEntity> put)
    {
        var table = state.Context.Table(entity.Kind) ?? throw new StoreCorruptException(
            $"The store holds a {entity.Kind} ('{entity.Id}'), a kind of entity that no feature of this version of Waggle knows. "
            + "A newer version of Waggle wrote it.");
        try
        {
            put(table, entity);
            return true;
        }
        catch (EntityDamagedException e) when (stored is not null)
        {
            stored.SetAside(entity, e);
            table.SetAside(entity.Id);
            return false;
        }
    }
}
