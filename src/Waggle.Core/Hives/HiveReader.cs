using System.Globalization;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Hives;

/// <summary>What queries read with, beside the owner's loop. Thread-safe.</summary>
#pragma warning disable CA1001 // A query may end after the hive; a semaphore without a wait handle has nothing to free.
internal sealed class HiveReader(IHive hive, IStore store, StoredEntities stored, IBlobs? blobs, TimeProvider time)
#pragma warning restore CA1001
{
    // A page ends where a client's frame would become a burden: at the first entity past this.
    private const int MaxPageBytes = 1024 * 1024;

    // Rows read at a time: what a page may hold too much in memory before it is seen to be full.
    private const int PageSlice = 32;

    // A reader may see few of many: what a page looks at is bounded, and it may be short for that.
    private const int MaxLooked = 1000;

    // Of the store's readers (four by default) one is always left to the owner's loop.
    private const int MaxReads = 3;

    private readonly SemaphoreSlim _reads = new(MaxReads);

    public HiveOptions Options => hive.Options;

    public Position Head => hive.Head;

    /// <summary>Where long results are; null: they are in their records.</summary>
    public IBlobs? Blobs => blobs;

    public Task<Outcome<T>> AskAsync<T>(Command<T> command, CancellationToken cancel) => hive.AskAsync(command, cancel);

    /// <summary>Asks the owner's loop for what a reply is complete without: a loop that waits for a slow commit does not hold the reply back.</summary>
    /// <returns>Null: the loop refused, or did not answer within <paramref name="limit"/>.</returns>
    public async Task<T?> AskAsync<T>(Command<T> command, TimeSpan limit, CancellationToken cancel)
        where T : class
    {
        try
        {
            return (await hive.AskAsync(command, cancel).WaitAsync(limit, time, cancel)).Value;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public Task<EntityPage> QueryAsync(EntityQuery query, CancellationToken cancel) => ReadAsync(() => store.QueryAsync(Options.Hive, query, cancel), cancel);

    public Task<long> CountAsync(EntityQuery query, CancellationToken cancel) => ReadAsync(() => store.CountAsync(Options.Hive, query, cancel), cancel);

    public Task<IReadOnlyList<StoredEntity>> GetAsync(IReadOnlyList<EntityKey> keys, CancellationToken cancel) =>
        ReadAsync(() => store.GetAsync(Options.Hive, keys, cancel), cancel);

    /// <summary>Null: it is damaged and was set aside.</summary>
    public T? Parse<T>(StoredEntity entity, EntityType<T> type)
        where T : class => stored.TryParse(entity, type, out var value) ? value : null;

    /// <summary>A page of what a reader may see; the cursor is null once there is no more.</summary>
    /// <param name="sees">Null: everything that the query finds.</param>
    public async Task<EntityPage<T>> PageAsync<T>(EntityQuery query, EntityType<T> type, Func<T, bool>? sees, CancellationToken cancel)
        where T : class
    {
        var page = new PageBuilder<T>(query);
        await BeginAsync(cancel);
        try
        {
            while (page.IsOpen)
            {
                var slice = sees is null ? Math.Min(PageSlice, query.Limit - page.Found.Count) : PageSlice;
                var rows = await store.QueryAsync(Options.Hive, query with { After = page.After, Limit = slice }, cancel);
                page.Begin(rows, slice);
                foreach (var entity in rows.Entities)
                {
                    if (!page.Takes(entity)) break;
                    if (Parse(entity, type) is { } one && sees?.Invoke(one) != false) page.Add(one, entity.Body.Length);
                }
            }
        }
        finally
        {
            _reads.Release();
        }

        return new(page.Found, page.Cursor, page.At ?? Head);
    }

    /// <summary>One read of the store, on a thread of the pool and not at the cost of the owner's loop.</summary>
    public async Task<T> ReadAsync<T>(Func<ValueTask<T>> read, CancellationToken cancel)
    {
        await BeginAsync(cancel);
        try
        {
            return await read();
        }
        finally
        {
            _reads.Release();
        }
    }

    private async ValueTask BeginAsync(CancellationToken cancel)
    {
        await ThreadPoolSwitch.Switch();
        await _reads.WaitAsync(cancel);
    }

    private sealed class PageBuilder<T>(EntityQuery query)
    {
        private int _looked;
        private int _bytes;
        private bool _more = true;

        public List<T> Found { get; } = [];

        public long? After { get; private set; } = query.After;

        /// <summary>That of the first slice: a follower from there hears again what changed since then, and misses nothing.</summary>
        public Position? At { get; private set; }

        public bool IsOpen => _more && Found.Count < query.Limit && _looked < MaxLooked && _bytes < MaxPageBytes;

        public string? Cursor => _more ? After?.ToString(CultureInfo.InvariantCulture) : null;

        public void Begin(EntityPage rows, int slice)
        {
            At ??= rows.At;
            _more = rows.Entities.Count == slice;
        }

        public bool Takes(StoredEntity entity)
        {
            if (Found.Count == query.Limit || _bytes >= MaxPageBytes)
            {
                _more = true;
                return false;
            }

            _looked++;
            After = entity.Seq;
            return true;
        }

        public void Add(T found, int bytes)
        {
            Found.Add(found);
            _bytes += bytes;
        }
    }
}

/// <param name="At">The position that the page is true at.</param>
internal readonly record struct EntityPage<T>(IReadOnlyList<T> Found, string? Cursor, Position At);
