using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>The end of a process.</summary>
/// <param name="Reason">Null for exit code 0.</param>
internal readonly record struct ProcessEnd(FailureReason? Reason, int? ExitCode = null, int? Signal = null, string? Message = null);

/// <summary>The ways in which a spawned agent ends, each with one rule for all callers.</summary>
internal static class SpawnEnding
{
    /// <summary>Adds the records of a requested stop.</summary>
    /// <returns>The spawn after them.</returns>
    public static SpawnView Stop(
        SpawnEntity spawn, IHiveView view, in DecisionContext context, string by, string? reason, List<RecordData> records)
    {
        if (spawn is { State: SpawnState.Stopping, EndingFor: null }) return SpawnViews.Of(spawn);
        if (!spawn.HasProcess)
        {
            var stopped = Stopped(spawn, by, reason);
            records.Add(stopped);
            AddRemoval(spawn, view, context, by, reason, records);
            return SpawnViews.Of(SpawnEvolver.Evolve(spawn, stopped, context.Now));
        }

        var stopping = Stopping(spawn, by, reason);
        records.Add(stopping);
        if (view.Agent(spawn.Agent) is { RemovedAt: null, Draining: false } agent)
        {
            records.Add(new AgentDraining { Agent = agent.Id, Name = agent.Name, Swarm = agent.Swarm, RequestedBy = by });
            records.Add(AgentViews.Status(agent, view) with { Status = AgentViews.StatusOf(agent with { Draining = true }, view.Presence(agent.Id)) });
        }

        return SpawnViews.Of(SpawnEvolver.Evolve(spawn, stopping, context.Now));
    }

    public static SpawnStopping Stopping(SpawnEntity spawn, string by, string? reason, FailureReason? endingFor = null) => new()
    {
        Spawn = spawn.Id,
        Agent = spawn.Agent,
        Name = spawn.Name,
        Swarm = spawn.Swarm,
        Role = spawn.Role,
        Runner = spawn.Runner,
        RequestedBy = by,
        Reason = reason,
        EndingFor = endingFor,
    };

    /// <summary>Adds the records of a process that has ended: as requested, for good, or with a restart that follows.</summary>
    /// <param name="mayRestart">Whether the runner is there for a restart.</param>
    public static void End(
        SpawnEntity spawn, IHiveView view, in DecisionContext context, ProcessEnd end, bool mayRestart, List<RecordData> records)
    {
        if (spawn is { State: SpawnState.Stopping, EndingFor: null } || view.Agent(spawn.Agent) is not { RemovedAt: null } agent)
        {
            records.Add(Stopped(spawn, spawn.StoppedBy ?? "hub", spawn.StopReason) with { ExitCode = end.ExitCode, Signal = end.Signal });
            AddRemoval(spawn, view, context, spawn.StoppedBy ?? "hub", spawn.StopReason ?? "Its process was stopped.", records);
            return;
        }

        if (spawn.EndingFor is { } failure) end = end with { Reason = failure };
        var policy = spawn.Terms.Restart;
        if (end.Reason is null && policy != RestartPolicy.Always)
        {
            const string itself = "Its process ended by itself.";
            records.Add(Stopped(spawn, spawn.Agent, itself) with { ExitCode = end.ExitCode });
            AddRemoval(spawn, view, context, spawn.Agent, itself, records);
            return;
        }

        var ends = SpawnEvolver.Within(spawn, context.Now).Count;
        var wanted = mayRestart && policy != RestartPolicy.Never && end.Reason is not (FailureReason.ProgramMissing or FailureReason.RunnerSilent);
        var loops = wanted && ends >= spawn.Terms.CrashLoopCount;
        DateTimeOffset? next = wanted && !loops ? context.Now + spawn.Terms.Pause(ends, context.Dice) : null;
        var before = records.Count;
        AddLosses(spawn, view, context, records);
        var requeued = records.Skip(before).Count(r => r is TaskRequeued);
        if (view.Presence(spawn.Agent) is { Online: true })
        {
            records.Add(new AgentWentOffline(spawn.Agent));
            records.Add(AgentViews.Status(agent, view) with { Status = AgentStatus.Offline, Holding = 0, Reason = "its process ended" });
        }

        records.Add(new AgentFailed
        {
            Agent = agent.Id,
            Name = agent.Name,
            Swarm = agent.Swarm,
            Reason = loops ? FailureReason.CrashLoop : end.Reason ?? FailureReason.ExitCode,
            ExitCode = end.ExitCode,
            Signal = end.Signal,
            Message = loops ? Loop(spawn, ends, end) : end.Message,
            Requeued = requeued,
            Recovery = AgentFailed.RecoveryOf(requeued, next),
            Spawn = spawn.Id,
            Attempt = spawn.Attempt,
            NextStartAt = next,
        });
        if (next is null) AddRemoved(agent, "hub", "It failed and is not started again.", requeued, records);
    }

    private static string Loop(SpawnEntity spawn, int ends, ProcessEnd end)
    {
        var last = end.Message is { Length: > 0 } text ? $" Last: {text}" : "";
        return $"Its process ended {ends} times within {spawn.Terms.CrashLoopWindow.TotalSeconds:0.#} s, so it is not started again.{last}";
    }

    private static SpawnStopped Stopped(SpawnEntity spawn, string by, string? reason) => new()
    {
        Spawn = spawn.Id,
        Agent = spawn.Agent,
        Name = spawn.Name,
        Swarm = spawn.Swarm,
        Role = spawn.Role,
        Runner = spawn.Runner,
        StoppedBy = by,
        Reason = reason,
    };

    private static void AddRemoval(SpawnEntity spawn, IHiveView view, in DecisionContext context, string by, string? reason, List<RecordData> records)
    {
        if (view.Agent(spawn.Agent) is not { RemovedAt: null } agent) return;
        var before = records.Count;
        AddLosses(spawn, view, context, records);
        AddRemoved(agent, by, reason, records.Skip(before).Count(r => r is TaskRequeued), records);
    }

    private static void AddRemoved(AgentEntity agent, string by, string? reason, int requeued, List<RecordData> records) =>
        records.Add(new AgentRemoved
        {
            Agent = agent.Id,
            Name = agent.Name,
            Type = agent.Type,
            Swarm = agent.Swarm,
            Reason = reason,
            RemovedBy = by,
            Requeued = requeued,
        });

    // The process is gone, so nobody works on its tasks. A task that it had started counts as lost, like one whose lease expired.
    private static void AddLosses(SpawnEntity spawn, IHiveView view, in DecisionContext context, List<RecordData> records)
    {
        foreach (var held in view.Presence(spawn.Agent)?.Holding.Order(StringComparer.Ordinal).ToArray() ?? [])
        {
            if (view.Task(held) is not { Lease: { } lease } task) continue;
            records.Add(lease.StartedAt is null
                ? AttemptEnding.HandBack(task, view, AttemptOutcomes.NotHeld, earlier: records)
                : AttemptEnding.Lose(task, view, context, records));
        }
    }
}
