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
    /// Puts a value in place of what was there. Durable when it returns. With <see cref="MemoryPutOptions.IfVersion"/> it is not repeated over a lost
    /// connection (<see cref="ClientErrorCodes.ConnectionLost"/>): read the entry to learn whether it was put.
    /// </summary>
    /// <param name="value">At most 1 MiB of JSON text, together with the message around it.</param>
    /// <returns>The entry without its value: its version and whether it is new.</returns>
    /// <exception cref="WaggleException"><c>VERSION_CONFLICT</c>, <c>QUOTA_EXCEEDED</c>, <c>TOO_LARGE</c>, <c>NOT_FOUND</c> (the swarm), <c>STORE_FULL</c>.
    /// </exception>
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
        };
        return _client.CommandAsync(message, HubJson.Default.MemoryEntryView, cancel, repeatable: options.IfVersion is null);
    }

    /// <summary>One entry with its value; null: there is none.</summary>
    /// <param name="swarm">The swarm that the namespace belongs to; null: it is a shared one.</param>
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

    /// <summary>The entries of a namespace without their values, by key, page by page as they are read.</summary>
    /// <param name="prefix">Only keys that begin so.</param>
    /// <param name="swarm">The swarm that the namespace belongs to; null: it is a shared one.</param>
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
    /// Deletes an entry. With a version it is not repeated over a lost connection; without one it is, and false may then mean that the first try deleted it.
    /// </summary>
    /// <param name="swarm">The swarm that the namespace belongs to; null: it is a shared one.</param>
    /// <param name="ifVersion">The version that the entry must have now; null: any.</param>
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

    /// <summary>The namespaces that this client reaches, with their sizes, page by page as they are read.</summary>
    /// <param name="swarm">Only those of this swarm; null: all.</param>
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

    /// <summary>At most 32 names and texts that readers and lists get beside the value.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
