using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>Sets what a swarm may have at a time. The same quota again changes nothing.</summary>
public sealed record SetSwarmQuota(string Id, SwarmQuota Quota) : Command<SwarmView>
{
    public override string Right => Permissions.AdminSystem;

    public override string? Refusal(IHiveView hive) => By.Reaches(Id) ? null : By.OutOfReach(Id);

    public override Error? Malformed() =>
        Quota is null ? new(ErrorCodes.InvalidRequest, "quota is null: leave a limit out to have none.")
        : Least("open_tasks", Quota.OpenTasks) ?? Least("agents", Quota.Agents) ?? Least("bytes", Quota.Bytes);

    public override Decision<SwarmView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Swarm(Id) is not { } swarm) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Id}'.");
        var quota = Quota == new SwarmQuota() ? null : Quota;
        var shown = SwarmViews.Of(swarm with { Quota = quota }, view);
        return swarm.Quota == quota
            ? Decision.Of(shown)
            : Decision.Of(shown, new SwarmQuotaSet { SwarmId = Id, Name = swarm.Name, Quota = quota, ChangedBy = By.Subject, Swarm = Id });
    }

    private static Error? Least(string name, long? limit) => limit is < 1
        ? new(ErrorCodes.InvalidRequest, $"quota.{name} is at least 1; it was {limit}. Leave it out for no limit; stop the swarm to take no work.")
        : null;
}

/// <summary>The checks of a swarm's quota, for the features that create what it counts.</summary>
internal static class SwarmQuotas
{
    /// <param name="more">The number of tasks that would be created.</param>
    public static Error? OfTasks(SwarmEntity? swarm, IHiveView view, int more)
    {
        if (swarm?.Quota?.OpenTasks is not { } limit) return null;
        var open = OpenTasks(swarm.Id, view);
        return open + more <= limit ? null : Over($"Swarm '{swarm.Id}' has {open} open tasks, and may have {limit}; {more} more were requested");
    }

    /// <param name="more">The number of agents that would be added.</param>
    public static Error? OfAgents(string id, IHiveView view, int more)
    {
        if (view.Swarm(id)?.Quota?.Agents is not { } limit) return null;
        var there = view.CountAgents(id);
        return there + more <= limit ? null : Over($"Swarm '{id}' has {there} agents, and may have {limit}; {more} more would join");
    }

    /// <param name="more">The number of bytes that would be added.</param>
    public static Error? OfBytes(string? id, IHiveView view, long more)
    {
        if (id is null || view.Swarm(id)?.Quota?.Bytes is not { } limit) return null;
        var there = view.View<ISwarmBytes>().BytesOf(id);
        return there + more <= limit ? null : Over($"The memory of swarm '{id}' has {there} bytes, and may have {limit}; this put would add {more}");
    }

    public static SwarmQuotaView? Shown(SwarmEntity swarm, IHiveView view) => swarm.Quota is not { } quota ? null : new(
        quota.OpenTasks is { } tasks ? new(tasks, OpenTasks(swarm.Id, view)) : null,
        quota.Agents is { } agents ? new(agents, view.CountAgents(swarm.Id)) : null,
        quota.Bytes is { } bytes ? new(bytes, view.View<ISwarmBytes>().BytesOf(swarm.Id)) : null);

    private static int OpenTasks(string swarm, IHiveView view)
    {
        var open = 0;
        foreach (var (_, count) in view.OpenTasks(swarm)) open += count;
        return open;
    }

    private static Error Over(string message) => new(ErrorCodes.QuotaExceeded, $"{message}. An administrator can raise its quota.");
}
