using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.AgentReports;

/// <summary>What a worker reported about its agent. Nothing in it was measured by the hub, and no report is stored.</summary>
public abstract record AgentReportRecord : RecordData
{
    public required string Agent { get; init; }
    public required string Name { get; init; }

    /// <summary>Who reported it: the agent itself, proven by its secret.</summary>
    public required string ReportedBy { get; init; }
}

public sealed record AgentHealthReported : AgentReportRecord
{
    [JsonIgnore]
    public override string Kind => "agent_health";

    [JsonIgnore]
    public override string Topic => field ??= $"agent.{Agent}.health";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    [JsonIgnore]
    public override string? Clears => Healthy is null ? Topic : null;

    /// <summary>Null: the agent was removed, so its health is unknown.</summary>
    public bool? Healthy { get; init; }
    public string? Message { get; init; }
}

public sealed record AgentMetricsReported : AgentReportRecord
{
    [JsonIgnore]
    public override string Kind => "agent_metrics";

    [JsonIgnore]
    public override string Topic => field ??= $"agent.{Agent}.metrics";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    [JsonIgnore]
    public override string? Clears => Metrics is null ? Topic : null;

    /// <summary>Null: the agent was removed.</summary>
    public IReadOnlyDictionary<string, ReportedMetric>? Metrics { get; init; }
}

public sealed record AgentLogged : AgentReportRecord
{
    [JsonIgnore]
    public override string Kind => "agent_log";

    [JsonIgnore]
    public override string Topic => field ??= $"agent.{Agent}.log";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Stream;

    public required IReadOnlyList<AgentLogEntry> Entries { get; init; }
}

/// <summary>The cost of a report, for the limit on rates.</summary>
internal sealed record ReportCharged(string Agent, int Cost) : InternalData;
