using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>A number that a worker reports about its agent. The hub does not measure it and adds it to none of its own figures.</summary>
/// <param name="Unit">For example <c>ms</c>, <c>bytes</c> or <c>1</c>, at most 20 characters; null if the worker names none.</param>
public sealed record ReportedMetric(double Value, string? Unit = null);

[JsonConverter(typeof(SnakeCaseEnum<AgentLogLevel>))]
public enum AgentLogLevel
{
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

/// <summary>What an agent logs outside of its tasks.</summary>
public sealed record AgentLogEntry
{
    public required AgentLogLevel Level { get; init; }
    public required string Message { get; init; }

    /// <summary>A JSON object of at most 8 KiB with details; null without.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Context { get; init; }
}

/// <summary>The health that a worker reported of its agent.</summary>
public sealed record ReportedHealth(bool Healthy, string? Message, DateTimeOffset At);

/// <summary>The metrics of the last report, by name.</summary>
public sealed record ReportedMetrics(IReadOnlyDictionary<string, ReportedMetric> Values, DateTimeOffset At);

/// <param name="At">The time at which the hub received it.</param>
public sealed record ReportedLog(DateTimeOffset At, AgentLogEntry Entry);

/// <summary>
/// What an agent's worker reported about it since the hub started. Everything here is reported and nothing is measured; what was not reported is null.
/// </summary>
public sealed record AgentReportsView
{
    public required string Agent { get; init; }
    public ReportedHealth? Health { get; init; }
    public ReportedMetrics? Metrics { get; init; }

    /// <summary>The last log entries, the oldest first.</summary>
    public required IReadOnlyList<ReportedLog> Logs { get; init; }

    /// <summary>The number of entries that the agent logged since the hub started. The hub keeps the last ones.</summary>
    public required long Logged { get; init; }
}
