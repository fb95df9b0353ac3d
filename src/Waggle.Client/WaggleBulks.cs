using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Changes of all tasks that a filter selects. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c> and the codes that a method names.
/// </remarks>
/// <example>
/// <code>
/// BulkSpec spec = new() { Action = BulkAction.Retry, Filter = new TaskQuery { Swarm = "crawl", States = [TaskState.Failed] } };
/// BulkCounted counted = await client.Bulks.CountAsync(spec);
/// BulkView bulk = await client.Bulks.StartAsync(spec);
/// while (bulk.State == BulkState.Running)
/// {
///     await Task.Delay(1000);
///     bulk = (await client.Bulks.GetAsync(bulk.Id))!;
///     Console.WriteLine($"{bulk.Changed} of {bulk.Matched}, {bulk.Failed} failed");
/// }
/// </code>
/// </example>
public sealed class WaggleBulks
{
    private const int KeyBytes = 16;
    private readonly WaggleClient _client;

    internal WaggleBulks(WaggleClient client) => _client = client;

    /// <summary>Counts the tasks that a bulk would begin with. Nothing changes.</summary>
    public Task<BulkCounted> CountAsync(BulkSpec spec, CancellationToken cancel = default) =>
        _client.CommandAsync(new BulkCount { Bulk = spec }, HubJson.Default.BulkCounted, cancel);

    /// <summary>
    /// Changes all tasks that match. The call returns as soon as the bulk is stored; the hub then works on it in batches. Without an idempotency key the client
    /// adds one, so that a start over a broken connection takes effect once.
    /// </summary>
    /// <exception cref="WaggleException"><c>QUOTA_EXCEEDED</c> (too many open bulks), <c>IDEMPOTENCY_CONFLICT</c>, <c>STORE_FULL</c>.</exception>
    public Task<BulkView> StartAsync(BulkSpec spec, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var keyed = spec.IdempotencyKey is null ? spec with { IdempotencyKey = RandomId.Hex(KeyBytes) } : spec;
        return _client.CommandAsync(new BulkStart { Bulk = keyed }, HubJson.Default.BulkView, cancel);
    }

    /// <summary>Stops a bulk before its next batch. What it changed stays changed.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (it is done).</exception>
    public Task<BulkView> StopAsync(string bulk, CancellationToken cancel = default) =>
        _client.CommandAsync(new BulkStop { Bulk = bulk }, HubJson.Default.BulkView, cancel);

    /// <summary>Returns one bulk with its counts and failures; null if there is none.</summary>
    public async Task<BulkView?> GetAsync(string bulk, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new BulkShow { Bulk = bulk }, HubJson.Default.BulkView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists bulks, the newest first, page by page as they are read.</summary>
    /// <param name="state">Lists only the bulks in this state; null for all.</param>
    public async IAsyncEnumerable<BulkView> ListAsync(BulkState? state = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new BulkList { State = state, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (bulks, next) = await _client.CommandAsync(page, HubJson.Default.BulkPage, cancel);
            foreach (var bulk in bulks) yield return bulk;
            cursor = next;
        }
        while (cursor is not null);
    }
}
