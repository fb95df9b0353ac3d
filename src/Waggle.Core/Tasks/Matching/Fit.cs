using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Swarms;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Matching;

/// <summary>Which agents can have a task, and how well they suit it (research: orchestration B.6). Pure.</summary>
internal static class Fit
{
    // The weights of the score's parts: ability first, then who has room.
    private const double ProficiencyWeight = 0.6;
    private const double FreeWeight = 0.4;

    /// <summary>Connected and heard of, taking work, of the swarm, able: everything but credit.</summary>
    public static bool Qualified(IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, string swarm, AgentEntity agent, AgentPresence? presence) =>
        presence is { Link: not null, Online: true } && !agent.Draining && agent.RemovedAt is null && agent.Swarm == swarm
        && (assignTo is null || assignTo == agent.Id) && Takes(type, agent) && Able(requires, agent);

    /// <summary>An agent that declares types takes tasks of these alone; one that declares none takes all.</summary>
    public static bool Takes(string? type, AgentEntity agent) => agent.Types is not { Count: > 0 } types || (type is not null && types.Contains(type));

    public static bool Able(IReadOnlyDictionary<string, double>? requires, AgentEntity agent)
    {
        if (requires is null) return true;
        foreach (var (capability, least) in requires)
        {
            if (!agent.Capabilities.TryGetValue(capability, out var proficiency) || proficiency < least) return false;
        }

        return true;
    }

    public static int CountQualified(TaskSpec spec, string swarm, IHiveView view)
    {
        var count = 0;
        foreach (var agent in view.Agents)
        {
            if (Qualified(spec.Requires, spec.Type, spec.AssignTo, swarm, agent, view.Presence(agent.Id))) count++;
        }

        return count;
    }

    public static bool AnyQualifiedBut(TaskEntity task, string exclude, IHiveView view)
    {
        foreach (var agent in view.Agents)
        {
            if (agent.Id != exclude && task.Avoid?.Contains(agent.Id) != true
                && Qualified(task.Spec.Requires, task.Spec.Type, task.Spec.AssignTo, task.Swarm, agent, view.Presence(agent.Id)))
            {
                return true;
            }
        }

        return false;
    }

    public static AssignmentReason Score(IReadOnlyDictionary<string, double>? requires, AgentEntity agent, AgentPresence presence, int candidates, bool avoided)
    {
        double? proficiency = null;
        foreach (var (capability, _) in requires ?? System.Collections.Immutable.ImmutableDictionary<string, double>.Empty)
        {
            var p = agent.Capabilities[capability];
            if (proficiency is null || p < proficiency) proficiency = p;
        }

        var free = presence.Slots == 0 ? 0 : (double)presence.Free / presence.Slots;
        var score = (ProficiencyWeight * (proficiency ?? 1)) + (FreeWeight * free);
        return new AssignmentReason(Math.Round(score, 4), proficiency, Math.Round(free, 4), candidates, avoided);
    }

    /// <summary>Why nobody can have it: which capability, who is nearest and by how much. Null when somebody can (and is only busy).</summary>
    public static UnschedulableReason? Explain(TaskEntity task, IHiveView view) => Explain(task.Spec.Requires, task.Spec.Type, task.Spec.AssignTo, task.Swarm, view);

    public static UnschedulableReason? Explain(IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, string swarm, IHiveView view)
    {
        if (view.Swarm(swarm) is { State: not SwarmState.Active } held) return Held(held);
        var agents = view.Agents.Where(a => a.Swarm == swarm && a.RemovedAt is null).OrderBy(a => a.Id, StringComparer.Ordinal).ToArray();
        if (agents.Any(a => Qualified(requires, type, assignTo, swarm, a, view.Presence(a.Id)))) return null;
        if (agents.Length == 0) return new("no_agents", $"Swarm '{swarm}' has no agents.");
        if (assignTo is not null && !agents.Any(a => a.Id == assignTo))
            return new("named_agent_absent", $"It may only go to agent '{assignTo}', which is not in swarm '{swarm}'.");
        var named = assignTo is null ? agents : agents.Where(a => a.Id == assignTo).ToArray();
        if (!named.Any(a => Takes(type, a)))
        {
            var what = type is null ? "tasks without a type" : $"tasks of type '{type}'";
            return new("type_not_taken", $"No agent takes {what}; agent '{named[0].Id}' takes {string.Join(", ", named[0].Types!)}.", Nearest: named[0].Id);
        }

        named = [.. named.Where(a => Takes(type, a))];
        if (named.FirstOrDefault(a => Able(requires, a)) is { } able)
        {
            return able.Draining
                ? new("draining", $"Agent '{able.Id}' could do it but takes no more work.", Nearest: able.Id)
                : new("offline", $"Agent '{able.Id}' could do it but is not connected, or not heard of.", Nearest: able.Id);
        }

        return Weakest(requires!, named);
    }

    private static UnschedulableReason Held(SwarmEntity swarm)
    {
        var how = swarm.State == SwarmState.Paused ? "paused" : "stopped";
        return new($"swarm_{how}", $"Swarm '{swarm.Id}' is {how}, by {swarm.StateBy}: nothing is assigned until it is resumed.");
    }

    // The agent that falls short by the least in all, and its worst capability. One that it lacks altogether weighs more than any that is too weak.
    private static UnschedulableReason Weakest(IReadOnlyDictionary<string, double> requires, AgentEntity[] agents)
    {
        var nearest = agents.MinBy(a => requires.Sum(r => Short(r, a)))!;
        var worst = requires.MaxBy(r => Short(r, nearest));
        var has = nearest.Capabilities.TryGetValue(worst.Key, out var proficiency);
        var by = Math.Round(has ? worst.Value - proficiency : worst.Value, 4);
        return has
            ? new("too_weak", $"Nobody has '{worst.Key}' at {worst.Value} or more; agent '{nearest.Id}' comes nearest with {proficiency}.", worst.Key, nearest.Id, by)
            : new("missing_capability", $"Nobody who is otherwise able has '{worst.Key}'; agent '{nearest.Id}' comes nearest.", worst.Key, nearest.Id, by);
    }

    private static double Short(KeyValuePair<string, double> required, AgentEntity agent) =>
        agent.Capabilities.TryGetValue(required.Key, out var p) ? Math.Max(0, required.Value - p) : required.Value + 1;
}
