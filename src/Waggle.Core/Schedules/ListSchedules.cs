using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>Lists the schedules of the swarms that the principal reaches, the newest first, one page at a time.</summary>
public sealed record ListSchedules(string? Swarm = null, ScheduleState? State = null, string? Cursor = null, int Limit = 100) : Query<SchedulePage>
{
    internal override async Task<Outcome<SchedulePage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadTasks, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        if (Swarm is not null && !By.Reaches(Swarm)) return new(null, new(ErrorCodes.Forbidden, By.OutOfReach(Swarm)), reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Swarm is not null) equal["swarm"] = [Swarm];
        else if (By.Swarms is { } reached) equal["swarm"] = [.. reached];
        if (State is { } state) equal["state"] = [SnakeCase.Of(state)];
        var query = new EntityQuery(ScheduleEntity.Entity.Name, equal, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, ScheduleFeature.Schedules, null, cancel);
        return new(new SchedulePage([.. found.Select(ScheduleViews.Of)], next), null, at);
    }
}
