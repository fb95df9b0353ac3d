using System.Collections.Concurrent;
using System.Globalization;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Kernel;

/// <summary>The services that a query uses outside the owner's loop. Thread-safe.</summary>
#pragma warning disable CA1001 // A query may end after the hive; a semaphore without a wait handle has nothing to free.
internal sealed class HiveReader(
    IHive hive, IStore store, StoredEntities stored, IBlobs? blobs, TimeProvider time, HiveMetrics metrics, LogTails tails,
    RefusalLog refusals, SearchParts? search = null)
#pragma warning restore CA1001
{
    // A page ends at the first entity beyond this size, before a client's frame becomes too large.
    private const int MaxPageBytes = 1024 * 1024;

    // The number of rows in one read. It limits the memory that a page uses before the reader finds the page full.
    private const int PageSlice = 32;

    // A reader may have the right to few of many entities. This limits the entities that one page examines; such a page may be short.
    private const int MaxLooked = 1000;

    // One of the store's readers (four by default) always remains for the owner's loop.
    private const int MaxReads = 3;

    private readonly SemaphoreSlim _reads = new(MaxReads);
    private readonly ConcurrentDictionary<Type, Lazy<object>> _services = [];

    public HiveOptions Options => hive.Options;

    public Position Head => hive.Head;

    public DateTimeOffset Now => time.GetUtcNow();

    public TimeProvider Time => time;

    public HiveMetrics Metrics => metrics;

    /// <summary>The refusals that wait for the audit log.</summary>
    public RefusalLog Refusals => refusals;

    /// <summary>The store of long results; null if records hold them.</summary>
    public IBlobs? Blobs => blobs;

    /// <summary>Erases records from the log; null for a reader of a hive that does not run.</summary>
    public ILogEraser? Eraser { get; init; }

    /// <summary>The parts of the search; null for a hive without one.</summary>
    public SearchParts? Search => search;

    /// <summary>The object that a feature keeps for this hive beside the loop, which is created when the first one asks for it.</summary>
    public T Of<T>(Func<HiveReader, T> create)
        where T : class => (T)_services.GetOrAdd(typeof(T), static (_, from) => new(() => from.Create(from.Reader)), (Create: create, Reader: this)).Value;

    /// <summary>Follows the durable records from now on.</summary>
    /// <param name="capacity">The greatest number of records that wait in memory. Beyond it the follower reads the log.</param>
    public LogTail Follow(Func<RecordData, bool> wants, int capacity) => tails.Follow(wants, capacity, () => Head.Offset);

    /// <inheritdoc cref="IHive.ReadAsync"/>
    public Task<History> ReadLogAsync(Position after, int maxRows, CancellationToken cancel) => hive.ReadAsync(after, maxRows, cancel);

    public Task<Outcome<T>> AskAsync<T>(Command<T> command, CancellationToken cancel) => hive.AskAsync(command, cancel);

    /// <summary>Asks the owner's loop for data that the reply can do without. A loop that waits for a slow commit does not delay the reply.</summary>
    /// <returns>The answer; null if the loop refused or did not answer within <paramref name="limit"/>.</returns>
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

    public Task<EntityPage> RangeAsync(EntityRange range, CancellationToken cancel) => ReadAsync(() => store.RangeAsync(Options.Hive, range, cancel), cancel);

    public Task<IReadOnlyList<StoredEntity>> GetAsync(IReadOnlyList<EntityKey> keys, CancellationToken cancel) =>
        ReadAsync(() => store.GetAsync(Options.Hive, keys, cancel), cancel);

    /// <summary>Parses an entity. Null means that the entity is damaged and was set aside.</summary>
    public T? Parse<T>(StoredEntity entity, EntityType<T> type)
        where T : class => stored.TryParse(entity, type, out var value) ? value : null;

    /// <summary>Logs that the blob of an entity is missing or is not the content that was written.</summary>
    public void LogMissingValue(string kind, string id, string blob) => stored.LogMissing(kind, id, blob);

    /// <summary>Returns a page of the entities that a reader may see. The cursor is null on the last page.</summary>
    /// <param name="sees">The filter of the reader; null for all entities that the query finds.</param>
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

    /// <summary>Reads from the store once, on a thread of the pool, so that the owner's loop does not wait.</summary>
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

        /// <summary>The position of the first slice. A follower from this position receives the later changes again and misses none.</summary>
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

/// <param name="At">The position at which the page is true.</param>
internal readonly record struct EntityPage<T>(IReadOnlyList<T> Found, string? Cursor, Position At);
