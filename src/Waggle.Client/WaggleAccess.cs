using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>The audit log, the revocation of tokens, and quotas of swarms. Thread-safe.</summary>
/// <remarks>Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c> and the codes that a method
/// names.</remarks>
/// <example>
/// <code>
/// await foreach (AuditEntryView entry in client.Access.ListAuditAsync(outcome: AuditOutcome.Refused))
///     Console.WriteLine($"{entry.At:u} {entry.User ?? entry.Address} {entry.Action}: {entry.Message}");
/// </code>
/// </example>
public sealed class WaggleAccess
{
    private readonly WaggleClient _client;

    internal WaggleAccess(WaggleClient client) => _client = client;

    /// <summary>Lists the audit log, the newest entry first, page by page as it is read. Needs <c>read:audit</c>.</summary>
    /// <param name="user">Lists only the entries of this user; null for all.</param>
    /// <param name="action">Lists only the entries of this action, such as <c>swarm.stop</c>; null for all.</param>
    /// <param name="outcome">Lists only the entries with this outcome; null for all.</param>
    public async IAsyncEnumerable<AuditEntryView> ListAuditAsync(
        string? user = null, string? action = null, AuditOutcome? outcome = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new AuditList { User = user, Action = action, Outcome = outcome, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (entries, next) = await _client.CommandAsync(page, HubJson.Default.AuditPage, cancel);
            foreach (var entry in entries) yield return entry;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Sets what a swarm may have at a time, in place of its quota before; limits that are null are none. Needs <c>admin:system</c>.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>.</exception>
    public Task<SwarmView> SetSwarmQuotaAsync(string swarm, SwarmQuota quota, CancellationToken cancel = default) =>
        _client.CommandAsync(new SwarmSetQuota { Swarm = swarm, Quota = quota }, HubJson.Default.SwarmView, cancel);

    /// <summary>
    /// Revokes a token before its expiry: the hub refuses it at once and closes the connections that it admitted. Another revocation of the token can only
    /// prolong the first one. Needs <c>write:tokens</c>.
    /// </summary>
    /// <param name="tokenId">The id of the token (<c>jti</c>), 1 to 200 characters.</param>
    /// <param name="expiresAt">The time until which the hub must refuse the token: its expiry, or later.</param>
    /// <param name="reason">The reason, for people; at most 1,000 characters.</param>
    /// <exception cref="WaggleException"><c>QUOTA_EXCEEDED</c>.</exception>
    public Task RevokeTokenAsync(string tokenId, DateTimeOffset expiresAt, string? reason = null, CancellationToken cancel = default) =>
        _client.CommandAsync<Reply>(new TokenRevoke { TokenId = tokenId, ExpiresAt = expiresAt, Reason = reason }, type: null, cancel);
}
