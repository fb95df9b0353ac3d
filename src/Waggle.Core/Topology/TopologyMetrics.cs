using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Protocol.Json;

namespace Waggle.Core.Topology;

/// <summary>The figures of topologies. The owner's loop writes them; any thread may read them.</summary>
internal sealed class TopologyMetrics
{
    private static readonly TopologyRole[] Roles = Enum.GetValues<TopologyRole>();

    private readonly long[] _repaired = new long[Roles.Length];
    private long _byClients;
    private long _byHub;

    private TopologyMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableCounter(
            "waggle.topology.changes", ReadChanges, "{change}", "Changes of topologies, by who decided: a client, or the hub for an adaptive topology.");
        meter.CreateObservableCounter(
            "waggle.topology.repairs", ReadRepairs, "{repair}", "Places in topologies that changed hands because an agent came or went, by the role.");
    }

    public static TopologyMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new TopologyMetrics(metrics.Instruments));

    public void Report(in TurnReport turn)
    {
        foreach (var (data, _) in turn.Batch)
        {
            switch (data)
            {
                case TopologyChanged { Numbers: null }: Volatile.Write(ref _byClients, _byClients + 1); break;
                case TopologyChanged: Volatile.Write(ref _byHub, _byHub + 1); break;
                case TopologyRepaired repaired: Volatile.Write(ref _repaired[(int)repaired.Role], _repaired[(int)repaired.Role] + 1); break;
            }
        }
    }

    private Measurement<long>[] ReadChanges() =>
    [
        new(Volatile.Read(ref _byClients), new KeyValuePair<string, object?>("by", "client")),
        new(Volatile.Read(ref _byHub), new KeyValuePair<string, object?>("by", "hub")),
    ];

    private Measurement<long>[] ReadRepairs() =>
        [.. Roles.Select(r => new Measurement<long>(Volatile.Read(ref _repaired[(int)r]), new KeyValuePair<string, object?>("role", SnakeCase.Of(r))))];
}
