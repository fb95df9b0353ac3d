using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// Values that agents and people keep in the hub, as JSON under namespaces and keys. A namespace belongs to a swarm or, without one, is shared by the whole
/// hive. Thread-safe.
/// </summary>
/// <remarks>
/// Names of namespaces and keys have 1 to 100 characters of <c>A-Z a-z 0-9 _ - : @ + ~ =</c>. Every method throws <see cref="WaggleException"/> with the hub's
/// error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c> and those that are named at it.
/// </remarks>
/// <example>
/// <code>
/// MemoryEntryView put = await client.Memory.PutAsync("notes", "plan", RawJson.Parse("""{"step": 1}"""), new MemoryPutOptions { Ttl = TimeSpan.FromHours(1) });
/// MemoryView? read = await client.Memory.GetAsync("notes", "plan");
/// await foreach (MemoryEntryView entry in client.Memory.ListAsync("notes")) Console.WriteLine($"{entry.Key}: {entry.Bytes} bytes");
/// bool deleted = await client.Memory.DeleteAsync("notes", "plan", ifVersion: put.Version);
/// </code>
/// </example>
public sealed class WaggleMemory
{
    private readonly WaggleClient _client;

    internal WaggleMemory(WaggleClient client) => _client = client;

    /// <summary>
    /// Stores a value and replaces an earlier one. The value is durable when the task ends. With <see cref="MemoryPutOptions.IfVersion"/> and no
    /// <see cref="MemoryPutOptions.IdempotencyKey"/> the client does not repeat the put after a lost connection
    /// (<see cref="ClientErrorCodes.ConnectionLost"/>):
    /// read the entry to determine whether it was stored.
    /// </summary>
    /// <param name="value">At most 1 MiB of JSON text, together with the message around it.</param>
    /// <returns>The entry without its value: its version and whether it is new.</returns>
    /// <exception cref="WaggleException"><c>VERSION_CONFLICT</c>, <c>IDEMPOTENCY_CONFLICT</c>, <c>QUOTA_EXCEEDED</c>, <c>TOO_LARGE</c>, <c>NOT_FOUND</c> (the
    /// swarm), <c>STORE_FULL</c>.</exception>
    public Task<MemoryEntryView> PutAsync(string ns, string key, RawJson value, MemoryPutOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new MemoryPutOptions();
        var message = new MemoryPut
        {
            Namespace = ns,
            Key = key,
            Value = value,
            Swarm = options.Swarm,
            IfVersion = options.IfVersion,
            TtlMs = options.Ttl is { } ttl ? (long)Math.Ceiling(ttl.TotalMilliseconds) : null,
            Metadata = options.Metadata,
            IdempotencyKey = options.IdempotencyKey,
        };
        var repeatable = options.IfVersion is null || options.IdempotencyKey is not null;
        return _client.CommandAsync(message, HubJson.Default.MemoryEntryView, cancel, repeatable);
    }

    /// <summary>Returns an entry with its value; null if there is none.</summary>
    /// <param name="swarm">The swarm to which the namespace belongs; null for a shared namespace.</param>
    public async Task<MemoryView?> GetAsync(string ns, string key, string? swarm = null, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new MemoryGet { Namespace = ns, Key = key, Swarm = swarm }, HubJson.Default.MemoryView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists the entries of a namespace without their values, ordered by key. Further pages are read on demand.</summary>
    /// <param name="prefix">Lists only keys that begin with this text.</param>
    /// <param name="swarm">The swarm to which the namespace belongs; null for a shared namespace.</param>
    public async IAsyncEnumerable<MemoryEntryView> ListAsync(
        string ns, string? prefix = null, string? swarm = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new MemoryList { Namespace = ns, Prefix = prefix, Swarm = swarm, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (entries, next) = await _client.CommandAsync(page, HubJson.Default.MemoryPage, cancel);
            foreach (var entry in entries) yield return entry;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>
    /// Searches entries by words and by meaning, best first. The hub's index follows the puts at some distance: <see cref="MemorySearchResult.Index"/> shows
    /// how far it is.
    /// </summary>
    /// <param name="query">The text to search for, at most 4,000 characters; null with a <see cref="MemorySearchOptions.Vector"/>.</param>
    /// <exception cref="WaggleException"><c>EMBEDDER_FAILED</c>, <c>STORE_UNAVAILABLE</c>, <c>NOT_AVAILABLE</c> (the hub has no search).</exception>
    /// <example>
    /// <code>
    /// MemorySearchResult found = await client.Memory.SearchAsync("how do we deploy", new MemorySearchOptions { Namespace = "notes", Limit = 5 });
    /// foreach (MemoryHit hit in found.Results) Console.WriteLine($"{hit.Score:0.00} {hit.Key}: {hit.Excerpt}");
    /// </code>
    /// </example>
    public Task<MemorySearchResult> SearchAsync(string? query, MemorySearchOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new MemorySearchOptions();
        var message = new MemorySearch
        {
            Query = query,
            Vector = options.Vector,
            Namespace = options.Namespace,
            Swarm = options.Swarm,
            Prefix = options.Prefix,
            Limit = options.Limit,
            Threshold = options.Threshold,
            Mode = options.Mode,
        };
        return _client.CommandAsync(message, HubJson.Default.MemorySearchResult, cancel);
    }

    /// <summary>
    /// Deletes an entry. With a version the client does not repeat the request after a lost connection. Without one it does, and false may then mean that the
    /// first request deleted the entry.
    /// </summary>
    /// <param name="swarm">The swarm to which the namespace belongs; null for a shared namespace.</param>
    /// <param name="ifVersion">The version that the entry must have now; null for any version.</param>
    /// <returns>Whether there was an entry.</returns>
    /// <exception cref="WaggleException"><c>VERSION_CONFLICT</c>.</exception>
    public async Task<bool> DeleteAsync(string ns, string key, string? swarm = null, long? ifVersion = null, CancellationToken cancel = default)
    {
        try
        {
            var message = new MemoryDelete { Namespace = ns, Key = key, Swarm = swarm, IfVersion = ifVersion };
            await _client.CommandAsync(message, HubJson.Default.MemoryEntryView, cancel, repeatable: ifVersion is null);
            return true;
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return false;
        }
    }

    /// <summary>Lists the namespaces that this client may read, with their sizes. Further pages are read on demand.</summary>
    /// <param name="swarm">Lists only the namespaces of this swarm; null for all.</param>
    public async IAsyncEnumerable<MemoryNamespaceView> ListNamespacesAsync(string? swarm = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new MemoryNamespaces { Swarm = swarm, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (namespaces, next) = await _client.CommandAsync(page, HubJson.Default.MemoryNamespacePage, cancel);
            foreach (var one in namespaces) yield return one;
            cursor = next;
        }
        while (cursor is not null);
    }
}

/// <summary>The options of a put. An option without a value has the default of the hub.</summary>
public sealed record MemoryPutOptions
{
    /// <summary>The swarm of the namespace; null for a namespace that the whole hive shares.</summary>
    public string? Swarm { get; init; }

    /// <summary>The version that the entry must have now; 0 requires that there is none, and null replaces any version.</summary>
    public long? IfVersion { get; init; }

    /// <summary>The time after which the entry ends, in whole milliseconds, at most ten years; null for no end.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>At most 32 names and texts that readers and lists receive together with the value.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// A repeated put with the same key in the same namespace changes nothing and gets the answer to the first one, for at least a day; with another content it
    /// is <c>IDEMPOTENCY_CONFLICT</c>. Null for none.
    /// </summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>The options of a search. An option without a value has the default of the hub.</summary>
public sealed record MemorySearchOptions
{
    /// <summary>The vector to search for, of the length of the hub's embedder; null for that of the query.</summary>
    public IReadOnlyList<float>? Vector { get; init; }

    /// <summary>The only namespace to search; null for all that this client reaches.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// The swarm of the namespace; without a namespace, only the namespaces of this swarm. Null for a shared namespace, or for no limit to one swarm.
    /// </summary>
    public string? Swarm { get; init; }

    /// <summary>The beginning of the keys to search within the namespace.</summary>
    public string? Prefix { get; init; }

    /// <summary>The greatest number of results, 1 to 100; null for 10.</summary>
    public int? Limit { get; init; }

    /// <summary>The least cosine of a result, 0 to 1, where 0 excludes nothing; null for none.</summary>
    public double? Threshold { get; init; }

    /// <summary>The mode; null for hybrid, or for vector without a query.</summary>
    public MemorySearchMode? Mode { get; init; }
}
