using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Matching;

/// <summary>Determines which agents qualify for a task, and how well (research: orchestration B.6). Pure.</summary>
internal static class Eligibility
{
    // The weights of the score's parts: proficiency first, then free credit.
    private const double ProficiencyWeight = 0.6;
    private const double FreeWeight = 0.4;

    /// <summary>Returns whether the agent is connected, has given a sign of life and is not draining.</summary>
    public static bool TakesWork(AgentEntity agent, AgentLiveness presence) =>
        presence is { Link: not null, Online: true, Unresponsive: false } && !agent.Draining && agent.RemovedAt is null;

    /// <summary>Returns whether the agent takes a type. An agent that declares types takes only these; one that declares none takes all.</summary>
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

    /// <summary>
    /// Returns the reason why an agent can never have such a task, connected or not: its swarm, its types or its capabilities. Null if it can.
    /// </summary>
    public static string? Unable(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, AgentEntity agent)
    {
        if (agent.Swarm != swarm) return $"Agent '{agent.Id}' is in swarm '{agent.Swarm}', and the task is in swarm '{swarm}'.";
        if (!Takes(type, agent)) return NotTaken(type, agent).Message;
        return Able(requires, agent) ? null : Weakest(requires!, [agent]).Message;
    }

    /// <param name="proficiency">The least of the agent's proficiencies in the required capabilities; 1 if none is required.</param>
    /// <param name="freeShare">The part of the agent's credit that is free.</param>
    public static double Score(double proficiency, double freeShare) => Math.Round((ProficiencyWeight * proficiency) + (FreeWeight * freeShare), 4);

    /// <summary>
    /// Returns the reason why no agent qualifies: the capability, the nearest agent and the shortfall. Null if some agent qualifies and is only busy.
    /// </summary>
    public static UnschedulableReason? Explain(TaskEntity task, IHiveView view) =>
        Explain(task.Spec.Requires, task.Spec.Type, task.OnlyFor, task.Swarm, view, task.Spec.Exclude) ?? OthersFirst(task, view);

    public static UnschedulableReason? Explain(
        IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, string swarm, IHiveView view, IReadOnlyList<string>? exclude = null)
    {
        if (view.Swarm(swarm) is { State: not SwarmState.Active } held) return Held(held);
        if (view.CountQualified(swarm, requires, type, assignTo, exclude) > 0) return null;
        if (exclude is { Count: > 0 } && view.CountQualified(swarm, requires, type, assignTo) > 0)
            return new("excluded", $"Only agents that the task excludes could run it: {string.Join(", ", exclude)}.", Nearest: exclude[0]);
        if (view.CountAgents(swarm) == 0) return new("no_agents", $"Swarm '{swarm}' has no agents.");
        if (assignTo is null && view.Links(swarm)?.Entry is { } entry)
        {
            var why = Why(requires, type, entry, swarm, view);
            return why with { Message = $"In a ring, tasks that name no agent go to '{entry}' only. {why.Message}" };
        }

        return Why(requires, type, assignTo, swarm, view);
    }

    private static UnschedulableReason Why(
        IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, string swarm, IHiveView view)
    {
        var named = assignTo is null ? null : view.Agent(assignTo);
        if (assignTo is not null && (named is not { RemovedAt: null } || named.Swarm != swarm))
            return new("named_agent_absent", $"The task is only for agent '{assignTo}', which is not in swarm '{swarm}'.");
        var near = named is null
            ? view.AgentsNear(swarm, requires, type).OrderBy(a => a.Id, StringComparer.Ordinal).ToArray()
            : Takes(type, named) ? [named] : [];
        if (near.Length == 0)
            return NotTaken(type, named ?? view.Agents.Where(a => a.Swarm == swarm && a.RemovedAt is null).MinBy(a => a.Id, StringComparer.Ordinal)!);
        return near.FirstOrDefault(a => Able(requires, a)) is { } able ? Away(able, view.Presence(able.Id), view.BarOf(able.Id)) : Weakest(requires!, near);
    }

    private static UnschedulableReason NotTaken(string? type, AgentEntity first)
    {
        var what = type is null ? "tasks without a type" : $"tasks of type '{type}'";
        return new("type_not_taken", $"No agent accepts {what}; agent '{first.Id}' accepts {string.Join(", ", first.Types!)}.", Nearest: first.Id);
    }

    private static UnschedulableReason Away(AgentEntity able, AgentLiveness? presence, string? bar)
    {
        if (bar is not null) return new("barred", $"Agent '{able.Id}' is able but gets no tasks: {bar}.", Nearest: able.Id);
        if (able.Draining) return new("draining", $"Agent '{able.Id}' is able but is draining; run 'waggle agent resume {able.Id}'.", Nearest: able.Id);
        return presence switch
        {
            { Link: not null, Online: true, Unresponsive: true } =>
                new("unresponsive", $"Agent '{able.Id}' is able but let a lease expire and has not been seen since.", Nearest: able.Id),
            { Link: null, IsHere: true, Polls: true } =>
                new("between_polls", $"Agent '{able.Id}' is able and receives it with its next poll.", Nearest: able.Id),
            _ => new("offline", $"Agent '{able.Id}' is able but is not connected.", Nearest: able.Id),
        };
    }

    private static UnschedulableReason? OthersFirst(TaskEntity task, IHiveView view) =>
        view.OthersUntil(task.Id) is { } until && task.Avoid is { } avoid
            && view.CountQualified(task.Swarm, task.Spec.Requires, task.Spec.Type, task.OnlyFor, [.. avoid, .. task.Spec.Exclude ?? []]) is > 0 and var others
            ? new("others_first", OthersFirst(others, until, avoid[^1]), Nearest: avoid[^1])
            : null;

    private static string OthersFirst(int others, DateTimeOffset until, string last) =>
        $"{others} other {(others == 1 ? "agent" : "agents")} could run it and none is free; "
        + $"from {until:yyyy-MM-dd'T'HH:mm:ss'Z'} on, agent '{last}' may run it again.";

    private static UnschedulableReason Held(SwarmEntity swarm)
    {
        var how = swarm.State == SwarmState.Paused ? "paused" : "stopped";
        return new($"swarm_{how}", $"Swarm '{swarm.Id}' is {how}, by {swarm.StateBy}: nothing is assigned until it is resumed.");
    }

    // The agent with the least total shortfall, and its worst capability. A missing capability weighs more than any weak one.
    private static UnschedulableReason Weakest(IReadOnlyDictionary<string, double> requires, AgentEntity[] agents)
    {
        var nearest = agents.MinBy(a => requires.Sum(r => Short(r, a)))!;
        var worst = requires.MaxBy(r => Short(r, nearest));
        var has = nearest.Capabilities.TryGetValue(worst.Key, out var proficiency);
        var by = Math.Round(has ? worst.Value - proficiency : worst.Value, 4);
        return has
            ? new("too_weak", TooWeak(worst, nearest.Id, proficiency), worst.Key, nearest.Id, by)
            : new("missing_capability", $"No agent offers capability '{worst.Key}'.", worst.Key, nearest.Id, by);
    }

    private static string TooWeak(KeyValuePair<string, double> asked, string nearest, double proficiency) =>
        $"No agent offers capability '{asked.Key}' at {asked.Value} or more; agent '{nearest}' has the highest proficiency, {proficiency}.";

    private static double Short(KeyValuePair<string, double> required, AgentEntity agent) =>
        agent.Capabilities.TryGetValue(required.Key, out var p) ? Math.Max(0, required.Value - p) : required.Value + 1;
}
