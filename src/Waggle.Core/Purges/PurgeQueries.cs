using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>Counts what a purge would begin with. Nothing changes.</summary>
public sealed record CountPurge(PurgeSpec Spec) : Query<PurgeCounted>
{
    internal override async Task<Outcome<PurgeCounted>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (!By.Allowed(Permissions.AdminSystem))
            return new(null, new(Protocol.ErrorCodes.Forbidden, By.Missing(Permissions.AdminSystem)), reader.Head);
        if (PurgeRules.Problem(Spec) is { } wrong) return new(null, wrong, reader.Head);
        var head = reader.Head;
        var (counts, problem) = await PurgeScope.CountAsync(reader, Spec, cancel);
        return problem is null ? new(new PurgeCounted(Spec, counts), null, head) : new(null, problem, head);
    }
}

/// <summary>Lists the purges, the newest first, one page at a time.</summary>
public sealed record ListPurges(string? Cursor = null, int Limit = 100) : Query<PurgePage>
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Any = new(StringComparer.Ordinal);

    internal override async Task<Outcome<PurgePage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.AdminSystem, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        var query = new EntityQuery(PurgeEntity.Entity.Name, Any, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, PurgeFeature.Purges, null, cancel);
        return new(new PurgePage([.. found.Select(PurgeViews.Of)], next), null, at);
    }
}
