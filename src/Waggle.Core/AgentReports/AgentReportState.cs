using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.AgentReports;

/// <summary>The reports of agents as a decision sees them.</summary>
internal interface IReportView
{
    AgentReportsView Of(string agent);

    ReportBudget Budget(string agent);

    /// <summary>Whether a health or metrics report is published for the agent.</summary>
    (bool Health, bool Metrics) Published(string agent);
}

/// <summary>
/// The last reports of agents, in memory. They are no facts of the hive: after a restart they are unknown until the workers report again. Used by the owner's
/// loop alone.
/// </summary>
internal sealed class AgentReportState : FeatureState, IReportView
{
    private readonly HiveContext _hive;
    private readonly Dictionary<string, Reports> _reports = new(StringComparer.Ordinal);
    private readonly ReportedLogs _logs = new();

    public AgentReportState(HiveContext hive)
    {
        _hive = hive;
        hive.On<AgentHealthReported>((r, _, at) => Of(r.Agent, known => known.Health = r.Healthy is { } healthy ? new(healthy, r.Message, at) : null));
        hive.On<AgentMetricsReported>((r, _, at) => Of(r.Agent, known => known.Metrics = r.Metrics is { } values ? new(values, at) : null));
        hive.On<AgentLogged>((r, _, at) => Log(r, at));
        hive.On<ReportCharged>((r, _, at) => Of(r.Agent, known => known.Budget = known.Budget.Charge(r.Cost, at)));
        hive.On<AgentRemoved>((r, _, _) => Removed(r.Agent));
        hive.On<ReportsForgotten>((r, _, _) => Forget(r.Agent));
        hive.Views.Add<IReportView>(this, static (whole, _, _) => whole);
    }

    public AgentReportsView Of(string agent)
    {
        var known = _reports.GetValueOrDefault(agent);
        return new() { Agent = agent, Health = known?.Health, Metrics = known?.Metrics, Logs = _logs.Of(agent), Logged = known?.Logged ?? 0 };
    }

    public ReportBudget Budget(string agent) => _reports.TryGetValue(agent, out var known) ? known.Budget : ReportBudget.Full(_hive.Now);

    public (bool Health, bool Metrics) Published(string agent) =>
        _reports.TryGetValue(agent, out var known) ? (known.Health is not null, known.Metrics is not null) : default;

    private void Log(AgentLogged logged, DateTimeOffset at)
    {
        foreach (var entry in logged.Entries) _logs.Add(logged.Agent, entry, at);
        Of(logged.Agent, known => known.Logged += logged.Entries.Count);
    }

    // The newest values of a removed agent leave the delivery, too, so that nobody takes them for those of an agent that is there.
    private void Removed(string agent)
    {
        if (!_reports.ContainsKey(agent)) return;
        _hive.Reactions.Enqueue(new ForgetReports(agent) { By = _hive.Hub });
    }

    private void Forget(string agent)
    {
        _reports.Remove(agent);
        _logs.Forget(agent);
    }

    private void Of(string agent, Action<Reports> change)
    {
        if (!_reports.TryGetValue(agent, out var known)) _reports[agent] = known = new() { Budget = ReportBudget.Full(_hive.Now) };
        change(known);
    }

    private sealed class Reports
    {
        public ReportedHealth? Health { get; set; }

        public ReportedMetrics? Metrics { get; set; }

        public long Logged { get; set; }

        public ReportBudget Budget { get; set; }
    }
}
