using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Performance;

/// <summary>Records the figures of a swarm. Only the newest counts; it is not stored.</summary>
public sealed record SwarmMeasured : RecordData
{
    [JsonIgnore]
    public override string Kind => "swarm_metrics";

    [JsonIgnore]
    public override string Topic => field ??= $"swarm.{SwarmId}.metrics";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    public required string SwarmId { get; init; }
    public required string Name { get; init; }
    public required SwarmState State { get; init; }

    /// <summary>The topology in force. Earlier versions did not have it.</summary>
    public TopologyKind? Topology { get; init; }

    /// <summary>The number of open tasks by state.</summary>
    public required IReadOnlyDictionary<string, int> Tasks { get; init; }
    public required IReadOnlyDictionary<string, int> Agents { get; init; }

    /// <inheritdoc cref="SwarmMetrics.FailedAgents"/>
    public int FailedAgents { get; init; }
    public required SwarmTotals Totals { get; init; }
    public required SwarmWindow Window { get; init; }
}
