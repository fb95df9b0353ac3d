using Waggle.Core.AgentReports;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Runners;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static AgentFailure Failure => new() { Reason = FailureReason.ExitCode, At = At, ExitCode = 3, Signal = 9, Message = "boom" };

    private static SpawnTerms Terms => new()
    {
        Restart = RestartPolicy.Always,
        HelloTimeoutMs = 30_000,
        BackoffMs = 1_000,
        BackoffCapMs = 60_000,
        CrashLoopCount = 5,
        CrashLoopWindowMs = 300_000,
    };

    public static SpawnEntity Spawn => new()
    {
        Id = "sp1-7",
        Seq = 9,
        Swarm = "default",
        Agent = "a1",
        Name = "coder-a1",
        Role = "coder",
        AgentType = "coder",
        Runner = "r1",
        RunnerUser = "operator",
        Capabilities = Requires,
        Slots = 2,
        Terms = Terms,
        RequestedBy = "ann",
        User = "ann",
        RequestedAt = At,
        State = SpawnState.Stopping,
        Attempt = 2,
        TokenSha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        Pid = 4711,
        StartedAt = At,
        ReadyAt = At,
        NextStartAt = At,
        EndingFor = FailureReason.HelloDeadline,
        Ends = [At],
        Failure = Failure,
        StoppedBy = "bob",
        StopReason = "done",
        EndedAt = At,
    };

    private static IEnumerable<RecordData> OfRunners =>
    [
        new AgentFailed
        {
            Agent = "a1", Name = "Ada", Swarm = "default", Reason = FailureReason.ExitCode, ExitCode = 3, Signal = 9, Message = "boom", Requeued = 1,
            Recovery = RecoveryAction.Restarted, Spawn = "sp1-7", Attempt = 2, NextStartAt = At,
        },
        new SpawnRequested
        {
            Spawn = "sp1-7", Agent = "a1", Name = "coder-a1", Swarm = "default", Role = "coder", Runner = "r1", AgentType = "coder", Capabilities = Requires,
            Slots = 2, Terms = Terms, RequestedBy = "ann", User = "ann", RunnerUser = "operator",
        },
        new SpawnStarting { Spawn = "sp1-7", Agent = "a1", Name = "coder-a1", Swarm = "default", Role = "coder", Runner = "r1", Attempt = 2 },
        new AgentSpawned
        {
            Spawn = "sp1-7", Agent = "a1", Name = "coder-a1", Swarm = "default", Role = "coder", Runner = "r1", AgentType = "coder", Capabilities = Requires,
            Slots = 2, Attempt = 2, RequestedBy = "ann", StartupMs = 120,
        },
        new SpawnRestarting { Spawn = "sp1-7", Agent = "a1", Name = "coder-a1", Swarm = "default", Role = "coder", Runner = "r1", Attempt = 3 },
        new SpawnStopping
        {
            Spawn = "sp1-7", Agent = "a1", Name = "coder-a1", Swarm = "default", Role = "coder", Runner = "r1", RequestedBy = "hub", Reason = "late",
            EndingFor = FailureReason.HelloDeadline,
        },
        new SpawnStopped
        {
            Spawn = "sp1-7", Agent = "a1", Name = "coder-a1", Swarm = "default", Role = "coder", Runner = "r1", StoppedBy = "bob", Reason = "done", ExitCode = 0,
            Signal = 15,
        },
        new RunnerStatusChanged { Runner = "r1", Online = false, Agents = 2, Roles = ["coder"], Reason = "not connected" },
        new AgentHealthReported { Agent = "a1", Name = "Ada", Swarm = "default", ReportedBy = "a1", Healthy = false, Message = "low on memory" },
        new AgentMetricsReported
        {
            Agent = "a1", Name = "Ada", Swarm = "default", ReportedBy = "a1",
            Metrics = new Dictionary<string, ReportedMetric>(StringComparer.Ordinal) { ["response_time"] = new(41.5, "ms") },
        },
        new AgentLogged
        {
            Agent = "a1", Name = "Ada", Swarm = "default", ReportedBy = "a1",
            Entries = [new() { Level = AgentLogLevel.Warn, Message = "low on memory", Context = RawJson.Parse("""{"free":12}""") }],
        },
    ];
}
