using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Audit;

/// <summary>Lists the audit log, the newest entry first, one page at a time.</summary>
public sealed record ListAudit(AuditList Request) : Query<AuditPage>
{
    private const int StandardLimit = 100;

    internal override async Task<Outcome<AuditPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var limit = Request.Limit ?? StandardLimit;
        if (PageRules.Refusal(By, Permissions.ReadAudit, Request.Cursor, limit) is { } refusal) return new(null, refusal, reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Request.User is { } user) equal["user"] = [user];
        if (Request.Action is { } action) equal["action"] = [action];
        if (Request.Outcome is { } outcome) equal["outcome"] = [SnakeCase.Of(outcome)];
        var query = new EntityQuery(AuditEntity.Entity.Name, equal, After: PageRules.SeqOf(Request.Cursor), Limit: limit);
        var (found, next, at) = await reader.PageAsync(query, AuditFeature.Entries, null, cancel);
        return new(new AuditPage([.. found.Select(AuditViews.Of)], next), null, at);
    }
}
