using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Erases the payloads of a task that has ended, or all that a subject brought. Thread-safe.</summary>
/// <remarks>
/// Every method needs the permission <c>admin:system</c> and throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>,
/// <c>INVALID_REQUEST</c> and the codes that a method names.
/// </remarks>
/// <example>
/// <code>
/// PurgeSpec spec = new() { Task = "t1" };
/// PurgeCounted counted = await client.Purges.CountAsync(spec);
/// PurgeView purge = await client.Purges.StartAsync(spec);
/// while (purge.State == PurgeState.Running)
/// {
///     await Task.Delay(1000);
///     purge = (await client.Purges.GetAsync(purge.Id))!;
/// }
///
/// Console.WriteLine($"{purge.Counts.Tasks} tasks and {purge.Records} records of the log are erased.");
/// </code>
/// </example>
public sealed class WagglePurges
{
    private readonly WaggleClient _client;

    internal WagglePurges(WaggleClient client) => _client = client;

    /// <summary>Counts what a purge would begin with. Nothing changes.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (the task has not ended).</exception>
    public Task<PurgeCounted> CountAsync(PurgeSpec spec, CancellationToken cancel = default) =>
        _client.CommandAsync(new PurgeCount { Purge = spec }, HubJson.Default.PurgeCounted, cancel);

    /// <summary>
    /// Begins a purge. The call returns as soon as the purge is stored; the hub then works on it. A purge of the same that has not ended is returned, so a
    /// start over a broken connection takes effect once.
    /// </summary>
    /// <exception cref="WaggleException">
    /// <c>NOT_FOUND</c>, <c>INVALID_STATE</c> (the task has not ended), <c>QUOTA_EXCEEDED</c> (too many open purges), <c>STORE_FULL</c>.
    /// </exception>
    public Task<PurgeView> StartAsync(PurgeSpec spec, CancellationToken cancel = default) =>
        _client.CommandAsync(new PurgeStart { Purge = spec }, HubJson.Default.PurgeView, cancel);

    /// <summary>Returns one purge and how far it is; null if there is none.</summary>
    public async Task<PurgeView?> GetAsync(string purge, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new PurgeShow { Purge = purge }, HubJson.Default.PurgeView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists purges, the newest first, page by page as they are read.</summary>
    public async IAsyncEnumerable<PurgeView> ListAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new PurgeList { Cursor = cursor, Limit = Limits.MaxPageSize };
            var (purges, next) = await _client.CommandAsync(page, HubJson.Default.PurgePage, cancel);
            foreach (var purge in purges) yield return purge;
            cursor = next;
        }
        while (cursor is not null);
    }
}
