using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Learning;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Support;

/// <summary>The matcher as one would write it without an index: every waiting task in its order asks every agent.</summary>
internal static class ReferenceMatcher
{
    public static IReadOnlyList<(string Task, string Agent, AssignmentReason Reason)> Decide(HiveState state, HiveOptions options)
    {
        var agents = state.Agents.Where(a => a.RemovedAt is null && state.Presence(a.Id) is { } p && Eligibility.TakesWork(a, p)).Select(a => new Simulated(a, state.Presence(a.Id)!, state.LearningDraws)).ToArray();
        var waiting = state.Tasks.Where(t => t.State == TaskState.Pending && !state.TaskState.Dispatch.Quiet.Has(t.Id) && !state.TaskState.Dispatch.Holds.HoldsTask(t.Id))
            .OrderBy(t => (t.FirstQueuedAt ?? t.QueuedAt!.Value) + (options.Ageing * (t.Priority - 1))).ThenBy(t => t.Seq).ToList();
        var decisions = new List<(string, string, AssignmentReason)>();
        var order = long.MaxValue / 2;
        var shares = new ReferenceShares(state, waiting);
        var held = state.Tasks.Where(t => t.IsHeld && t.Spec.Concurrency is not null).CountBy(KeyOf).ToDictionary();
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        while (shares.TakeFirst() is { } task)
        {
            if (state.Swarm(task.Swarm) is not { State: SwarmState.Active } || state.TaskState.Dispatch.Holds.HoldsSwarm(task.Swarm)) continue;
            if (task.Spec.Concurrency is { } concurrency && held.GetValueOrDefault(KeyOf(task)) >= concurrency.Limit) continue;
            if (task.Spec.Rate is { } rate && Used(task, state) + used.GetValueOrDefault(RateWindow.IdOf(task.Swarm, rate)) >= rate.Limit) continue;
            var able = agents.Where(a => CouldHave(a.Agent, task, state)).ToArray();
            var free = able.Where(a => a.Free > 0).ToArray();
            var isChoosy = state.OthersUntil(task.Id) is not null && able.Any(a => a.Slots > 0 && !Avoids(task, a));
            var asked = free.FirstOrDefault(a => a.Agent.Id == task.Prefer && !Avoids(task, a));
            var best = asked ?? free.Where(a => !Avoids(task, a)).DefaultIfEmpty().MinBy(a => a?.Order(task));
            var avoided = best is null && !isChoosy;
            if (avoided) best = free.DefaultIfEmpty().MinBy(a => a?.Order(task));
            if (best is null) continue;
            decisions.Add((task.Id, best.Agent.Id, new(best.Score(task), best.Proficiency(task), Math.Round(best.FreeShare, 4), free.Length, avoided && Avoids(task, best)) { Resumed = asked is not null, Draw = best.Draw(task) }));
            best.Free--;
            best.LastAssigned = ++order;
            shares.Charge(task, t => WaitsFor(t, best.Agent, state));
            if (task.Spec.Rate is { } counted) used[RateWindow.IdOf(task.Swarm, counted)] = used.GetValueOrDefault(RateWindow.IdOf(task.Swarm, counted)) + 1;
            if (task.Spec.Concurrency is not null) held[KeyOf(task)] = held.GetValueOrDefault(KeyOf(task)) + 1;
        }

        return decisions;
    }

    /// <summary>Checks the index of agents against a check of each agent.</summary>
    public static void CheckIndex(HiveState state)
    {
        foreach (var requirement in state.Pending.Requirements)
        {
            var task = state.Task(requirement.Queues.Values.First().Head.Task)!;
            var able = state.Agents.Where(a => state.Presence(a.Id) is { } p && Eligibility.TakesWork(a, p) && CouldHave(a, task, state)).ToArray();
            Assert.Equal(able.Length, state.CountQualified(task.Swarm, task.Spec.Requires, task.Spec.Type, task.OnlyFor, requirement.Need.Exclude));
            var isHeld = state.Swarm(task.Swarm) is not { State: SwarmState.Active };
            Rule.Holds(requirement.SaidUnschedulable == (isHeld || able.Length == 0), $"{requirement.Need.Key}: said {requirement.SaidUnschedulable}, {able.Length} qualify, held: {isHeld}.");
            Assert.Equal(requirement.Queues.Values.Sum(q => q.Tasks.Count), requirement.Waiting);
            foreach (var queue in requirement.Queues.Values) Assert.Equal(queue.Tasks.Min(), queue.Head);
        }
    }

    private static (string, string) KeyOf(TaskEntity task) => (task.Swarm, task.Spec.Concurrency!.Key);

    private static int Used(TaskEntity task, HiveState state) => state.TaskState.Dispatch.Limits.Rates.Of(task)!.Window?.Used ?? 0;

    private static bool CouldHave(AgentEntity agent, TaskEntity task, HiveState state) =>
        (task.OnlyFor is not null || state.Links(task.Swarm) is not { Kind: TopologyKind.Ring } ring || ring.Entry == agent.Id)
        && !state.TaskState.Dispatch.Bars.Bars(agent.Id) && state.TaskState.Dispatch.Bars.Of(task.Id)?.Agents.Contains(agent.Id) != true
        && task.Spec.Exclude?.Contains(agent.Id) != true && agent.Swarm == task.Swarm && (task.OnlyFor is null || task.OnlyFor == agent.Id) && Eligibility.Takes(task.Spec.Type, agent) && Eligibility.Able(task.Spec.Requires, agent);

    // Tasks wait for the agents that have the capabilities. How much of them a task requires does not matter here, unless it differs between the capabilities.
    private static bool WaitsFor(TaskEntity task, AgentEntity agent, HiveState state)
    {
        var least = task.OnlyFor is null && task.Spec.Requires is { Count: > 0 } requires && requires.Values.Distinct().Count() == 1;
        return CouldHave(agent, least ? task with { Spec = task.Spec with { Requires = task.Spec.Requires!.ToDictionary(r => r.Key, _ => 0.0) } } : task, state);
    }

    private static bool Avoids(TaskEntity task, Simulated agent) => task.Avoid?.Contains(agent.Agent.Id) == true;

    private sealed class Simulated(AgentEntity agent, AgentLiveness presence, IProficiencyDraws draws)
    {
        public AgentEntity Agent => agent;

        public int Slots => presence.Slots;

        public int Free { get; set; } = presence.Free;

        public long LastAssigned { get; set; } = presence.LastAssigned;

        public double FreeShare => Slots == 0 ? 0 : (double)Free / Slots;

        public double? Proficiency(TaskEntity task) => task.Spec.Requires is { Count: > 0 } requires ? requires.Keys.Min(c => agent.Capabilities[c]) : null;

        // The least of the draws, with the declared proficiency where there is no draw.
        public double? Draw(TaskEntity task) => task.Spec.Requires is { Count: > 0 } requires && requires.Keys.Any(c => draws.Draw(agent.Id, c) is not null)
            ? requires.Keys.Min(c => draws.Draw(agent.Id, c) ?? agent.Capabilities[c])
            : null;

        public double Score(TaskEntity task) => Math.Round((0.6 * (Draw(task) ?? Proficiency(task) ?? 1)) + (0.4 * FreeShare), 4);

        public (double, long, long) Order(TaskEntity task) => (-Score(task), LastAssigned, agent.Seq);
    }
}
