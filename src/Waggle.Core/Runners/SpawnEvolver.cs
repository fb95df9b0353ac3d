using Waggle.Core.Agents;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>Computes a spawn's next value from a record. Pure.</summary>
internal static class SpawnEvolver
{
    public static SpawnEntity Request(SpawnRequested r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Spawn,
        Seq = offset,
        Swarm = r.Swarm!,
        Agent = r.Agent,
        Name = r.Name,
        Role = r.Role,
        AgentType = r.AgentType,
        Runner = r.Runner,
        RunnerUser = r.RunnerUser,
        Capabilities = r.Capabilities,
        Slots = r.Slots,
        Terms = r.Terms,
        RequestedBy = r.RequestedBy,
        User = r.User,
        RequestedAt = at,
        State = SpawnState.Requested,
    };

    public static SpawnEntity Evolve(SpawnEntity spawn, SpawnRecord record, DateTimeOffset at) => record switch
    {
        SpawnStarting r => spawn with
        {
            State = SpawnState.Starting,
            Attempt = r.Attempt,
            StartedAt = at,
            ReadyAt = null,
            NextStartAt = null,
            Pid = null,
            EndingFor = null,
        },
        SpawnRestarting => spawn with { State = SpawnState.Requested, NextStartAt = null },
        AgentSpawned => spawn with { State = SpawnState.Running, ReadyAt = at },
        SpawnStopping { EndingFor: { } failure } => spawn with { State = SpawnState.Stopping, EndingFor = failure },
        SpawnStopping r => spawn with { State = SpawnState.Stopping, EndingFor = null, StoppedBy = r.RequestedBy, StopReason = r.Reason },
        SpawnStopped r => Ended(spawn, SpawnState.Stopped, at) with { StoppedBy = r.StoppedBy, StopReason = r.Reason },
        _ => spawn,
    };

    public static SpawnEntity Fail(SpawnEntity spawn, AgentFailed r, DateTimeOffset at)
    {
        var failed = spawn with { Failure = r.FailureAt(at) };
        return r.NextStartAt is { } next
            ? failed with
            {
                State = SpawnState.BackingOff,
                NextStartAt = next,
                Ends = Within(spawn, at),
                Pid = null,
                TokenSha256 = null,
                EndingFor = null,
            }
            : Ended(failed, SpawnState.Failed, at);
    }

    /// <summary>The ends of processes within the crash-loop window, one at <paramref name="at"/> included.</summary>
    public static IReadOnlyList<DateTimeOffset> Within(SpawnEntity spawn, DateTimeOffset at) =>
        [.. (spawn.Ends ?? []).Where(e => e > at - spawn.Terms.CrashLoopWindow), at];

    private static SpawnEntity Ended(SpawnEntity spawn, SpawnState state, DateTimeOffset at) => spawn with
    {
        State = state,
        EndedAt = at,
        Pid = null,
        TokenSha256 = null,
        NextStartAt = null,
        EndingFor = null,
    };
}
