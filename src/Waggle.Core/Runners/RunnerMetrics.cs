using System.Diagnostics.Metrics;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>The figures of runners and of agents that failed. The owner's loop writes them; any thread may read them.</summary>
internal sealed class RunnerMetrics
{
    private static readonly FailureReason[] Reasons = Enum.GetValues<FailureReason>();

    private readonly long[] _failed = new long[Reasons.Length];
    private long _online;
    private long _open;
    private long _requested;
    private long _processes;
    private long _spawned;
    private long _stopped;

    private RunnerMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.runners.online", () => Volatile.Read(ref _online), "{runner}", "Runners that are connected.");
        meter.CreateObservableGauge("waggle.spawns.open", () => Volatile.Read(ref _open), "{agent}", "Agents on runners that have neither stopped nor failed.");
        meter.CreateObservableCounter("waggle.spawns.requested", () => Volatile.Read(ref _requested), "{agent}", "Agents that were requested from runners.");
        meter.CreateObservableCounter(
            "waggle.spawns.processes", () => Volatile.Read(ref _processes), "{process}", "Processes that runners reported as starting.");
        meter.CreateObservableCounter("waggle.spawns.ready", () => Volatile.Read(ref _spawned), "{process}", "Processes that said hello.");
        meter.CreateObservableCounter(
            "waggle.spawns.stopped", () => Volatile.Read(ref _stopped), "{agent}", "Agents on runners that stopped without a failure.");
        meter.CreateObservableCounter("waggle.agents.failed", ReadFailed, "{agent}", "Failures of agents, by reason.");
    }

    public static RunnerMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new RunnerMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, int online, int open)
    {
        Volatile.Write(ref _online, online);
        Volatile.Write(ref _open, open);
        foreach (var (data, _) in turn.Batch)
        {
            switch (data)
            {
                case SpawnRequested: Volatile.Write(ref _requested, _requested + 1); break;
                case SpawnStarting: Volatile.Write(ref _processes, _processes + 1); break;
                case AgentSpawned: Volatile.Write(ref _spawned, _spawned + 1); break;
                case SpawnStopped: Volatile.Write(ref _stopped, _stopped + 1); break;
                case AgentFailed failed: Volatile.Write(ref _failed[(int)failed.Reason], _failed[(int)failed.Reason] + 1); break;
            }
        }
    }

    private Measurement<long>[] ReadFailed() =>
        [.. Reasons.Select(r => new Measurement<long>(Volatile.Read(ref _failed[(int)r]), new KeyValuePair<string, object?>("reason", SnakeCase.Of(r))))];
}
