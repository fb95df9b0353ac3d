using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>Counts the tasks that a bulk would begin with. Nothing changes.</summary>
public sealed record CountBulk(BulkSpec Spec) : Query<BulkCounted>
{
    internal override async Task<Outcome<BulkCounted>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (Spec is null) return new(null, new(ErrorCodes.InvalidRequest, "bulk is missing."), reader.Head);
        if (BulkRules.Problem(Spec) is { } wrong) return new(null, wrong, reader.Head);
        if (TaskListRules.Refusal(By, Spec.Filter) is { } refused) return new(null, refused, reader.Head);
        var head = reader.Head;
        var filter = BulkRules.FilterOf(Spec);
        var (matched, problem) = await TaskPages.CountAsync(reader, By, filter, cancel);
        return problem is null ? new(new BulkCounted(Spec with { Filter = filter }, matched), null, head) : new(null, problem, head);
    }
}

/// <summary>Lists the bulks that the principal reaches, the newest first, one page at a time.</summary>
public sealed record ListBulks(BulkState? State = null, string? Cursor = null, int Limit = 100) : Query<BulkPage>
{
    internal override async Task<Outcome<BulkPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadTasks, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (State is { } state) equal["state"] = [SnakeCase.Of(state)];
        var query = new EntityQuery(BulkEntity.Entity.Name, equal, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, BulkFeature.Bulks, By.Swarms is null ? null : bulk => BulkReach.Reaches(By, bulk), cancel);
        return new(new BulkPage([.. found.Select(BulkViews.Of)], next), null, at);
    }
}
