using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>A worker's report about its own agent, outside of tasks. The agent is that of the connection.</summary>
public abstract record AgentReport : ClientMessage
{
    /// <summary>The agent that the client believes to report for. The hub refuses any other agent than the session's.</summary>
    public string? Agent { get; init; }
}

/// <summary>The newest report replaces the one before.</summary>
public sealed record AgentHealth : AgentReport
{
    public override string Type => "agent.health";

    public required bool Healthy { get; init; }
    public string? Message { get; init; }
}

/// <summary>The newest report replaces the one before as a whole.</summary>
public sealed record AgentMetrics : AgentReport
{
    public override string Type => "agent.metrics";

    /// <summary>At most 100 numbers by name (an id).</summary>
    public required IReadOnlyDictionary<string, ReportedMetric> Metrics { get; init; }
}

public sealed record AgentLog : AgentReport
{
    public override string Type => "agent.log";

    /// <summary>1 to 100.</summary>
    public required IReadOnlyList<AgentLogEntry> Entries { get; init; }
}

/// <summary>What the worker of an agent reported.</summary>
public sealed record AgentReports : ClientMessage
{
    public override string Type => "agent.reports";

    public required string Agent { get; init; }
}
