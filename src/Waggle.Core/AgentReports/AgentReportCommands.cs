using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.AgentReports;

/// <summary>A report of a worker about its own agent: the one that the principal acts for, and never one that the request names.</summary>
/// <param name="Agent">The agent that the client believes to report for; any other than the session's is refused. Null: the client names none.</param>
public abstract record ReportAgent(string? Agent) : Command<NoResult>
{
    public override string Right => Permissions.WorkTasks;

    private protected abstract int Cost { get; }

    public override string? Refusal(IHiveView hive) => Agent is null || By.Agent is null || Agent == By.Agent ? null
        : $"'{By.Subject}' may not report for agent '{PlainText.Clip(Agent, 40)}': its session is that of agent '{By.Agent}'.";

    public sealed override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (By.Agent is not { } id) return Decision.Reject(ErrorCodes.NotAnAgent, "Only an agent reports about itself: this session has no agent.");
        if (view.Agent(id) is not { RemovedAt: null } agent) return AgentViews.Missing(id);
        if (view.View<IReportView>().Budget(id).Wait(Cost, context.Now) is { } wait)
            return Decision.Reject(
                ErrorCodes.RateLimited,
                $"Agent '{id}' reports more than {ReportBudget.PerSecond / ReportBudget.StateCost} states or {ReportBudget.PerSecond} log entries a second.",
                Math.Max(1, (long)Math.Ceiling(wait.TotalMilliseconds)));
        return Decision.OfRecords(Record(agent), new ReportCharged(id, Cost));
    }

    private protected abstract AgentReportRecord Record(AgentEntity agent);

    private protected static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}

public sealed record ReportHealth(bool Healthy, string? Message = null, string? Agent = null) : ReportAgent(Agent)
{
    private protected override int Cost => ReportBudget.StateCost;

    public override Error? Malformed() => TextRules.Problem("message", Message);

    private protected override AgentReportRecord Record(AgentEntity agent) => new AgentHealthReported
    {
        Agent = agent.Id,
        Name = agent.Name,
        Swarm = agent.Swarm,
        ReportedBy = By.Subject,
        Healthy = Healthy,
        Message = Message,
    };
}

public sealed record ReportMetrics(IReadOnlyDictionary<string, ReportedMetric> Metrics, string? Agent = null) : ReportAgent(Agent)
{
    public override int Bytes => 64 * Metrics.Count;

    private protected override int Cost => ReportBudget.StateCost;

    public override Error? Malformed()
    {
        if (Metrics.Count is 0 or > Limits.MaxReportedMetrics) return Bad($"metrics has 1 to {Limits.MaxReportedMetrics} entries; there were {Metrics.Count}.");
        foreach (var (name, metric) in Metrics)
        {
            if (!Ids.IsValid(name)) return Bad(Ids.Rule("metric", name));
            if (metric is null) return Bad($"metrics.{name} is null.");
            if (!double.IsFinite(metric.Value)) return Bad($"metrics.{name}.value is not a finite number.");
            if (metric.Unit is { Length: 0 or > Limits.MaxReportedUnitLength })
                return Bad($"metrics.{name}.unit has 1 to {Limits.MaxReportedUnitLength} characters.");
        }

        return null;
    }

    private protected override AgentReportRecord Record(AgentEntity agent) => new AgentMetricsReported
    {
        Agent = agent.Id,
        Name = agent.Name,
        Swarm = agent.Swarm,
        ReportedBy = By.Subject,
        Metrics = Metrics,
    };
}

public sealed record LogForAgent(IReadOnlyList<AgentLogEntry> Entries, string? Agent = null) : ReportAgent(Agent)
{
    public override int Bytes => Entries.Sum(e => e is null ? 0 : e.Message.Length + e.Context.Utf8.Length);

    private protected override int Cost => Entries.Count;

    public override Error? Malformed()
    {
        if (Entries.Count is 0 or > Limits.MaxAgentLogEntries) return Bad($"entries has 1 to {Limits.MaxAgentLogEntries} entries; there were {Entries.Count}.");
        foreach (var entry in Entries)
        {
            if (entry is null) return Bad("entries holds a null.");
            if (TextRules.Problem("entries.message", entry.Message) is { } problem) return problem;
            if (entry.Context.IsNull) continue;
            if (entry.Context.Utf8.Length > Limits.MaxLogContextBytes)
                return new(ErrorCodes.TooLarge, $"entries.context has at most {Limits.MaxLogContextBytes} bytes; it had {entry.Context.Utf8.Length}.");
            if (entry.Context.Utf8.Span[0] != '{') return Bad("entries.context is a JSON object.");
        }

        return null;
    }

    private protected override AgentReportRecord Record(AgentEntity agent) => new AgentLogged
    {
        Agent = agent.Id,
        Name = agent.Name,
        Swarm = agent.Swarm,
        ReportedBy = By.Subject,
        Entries = Entries,
    };
}

/// <summary>What the worker of an agent reported since the hub started.</summary>
public sealed record ShowReports(string Agent) : Command<AgentReportsView>
{
    public override string Right => Permissions.ReadAgents;

    public override Decision<AgentReportsView> Decide(IHiveView view, in DecisionContext context) =>
        view.Agent(Agent) is { RemovedAt: null } ? Decision.Of(view.View<IReportView>().Of(Agent)) : AgentViews.Missing(Agent);
}

/// <summary>Clears the published values of an agent that was removed.</summary>
internal sealed record ForgetReports(string Agent) : Command<NoResult>
{
    public override string Right => Permissions.WriteAgents;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        var (health, metrics) = view.View<IReportView>().Published(Agent);
        var (name, swarm) = view.Agent(Agent) is { } agent ? (agent.Name, agent.Swarm) : (Agent, null);
        var records = new List<RecordData>();
        if (health) records.Add(new AgentHealthReported { Agent = Agent, Name = name, Swarm = swarm, ReportedBy = By.Subject });
        if (metrics) records.Add(new AgentMetricsReported { Agent = Agent, Name = name, Swarm = swarm, ReportedBy = By.Subject });
        records.Add(new ReportsForgotten(Agent));
        return Decision.OfRecords(records);
    }
}

internal sealed record ReportsForgotten(string Agent) : InternalData;
