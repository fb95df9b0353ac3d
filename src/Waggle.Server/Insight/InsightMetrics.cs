using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Waggle.Core.Insight;
using Waggle.Core.Performance;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Server.Insight;

/// <summary>The metrics of alerts and health, from the newest reading. Without a reading there are no samples.</summary>
internal sealed class InsightMetrics
{
    public const string MeterName = "Waggle.Insight";

    /// <summary>The greatest number of swarms with metrics of their own; each costs several series.</summary>
    private const int MostSwarms = 100;

    private readonly IReadOnlyList<AlertRule> _rules;
    private readonly ConcurrentDictionary<string, SwarmMeasured> _swarms = new(StringComparer.Ordinal);
    private volatile SystemView? _newest;

    public InsightMetrics(Meter meter, IReadOnlyList<AlertRule> rules)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _rules = rules;
        meter.CreateObservableGauge("waggle.alert.firing", () =>
            ByRule(AlertState.Firing), "{alert}", "1 where an alert of the rule is open and not acknowledged, by rule, resource and level.");
        meter.CreateObservableGauge("waggle.alert.acknowledged", () =>
            ByRule(AlertState.Acknowledged), "{alert}", "1 where an alert of the rule is open and acknowledged, by rule, resource and level.");
        meter.CreateObservableGauge(
            "waggle.module.health", ByModule, "{status}", "A part of the hub by its worst open alert: 0 healthy, 1 degraded, 2 unhealthy.");
        meter.CreateObservableCounter(
            "waggle.swarm.tasks", EndedBySwarm, "{task}", "Tasks of a swarm that ended since it began, by swarm and state, for 100 swarms.");
        meter.CreateObservableGauge(
            "waggle.swarm.utilization", Utilization, null,
            "Busy share of a swarm's available slot time in the last five minutes, 0 to 1, by swarm, for 100 swarms.");
        meter.CreateObservableGauge(
            "waggle.swarm.queue_wait", QueueWait, "s",
            "Time in the queue of a swarm's tasks that were assigned in the last five minutes, by swarm and quantile, for 100 swarms.");
    }

    /// <summary>Keeps the newest figures of swarms.</summary>
    public void Take(IReadOnlyList<SwarmMeasured> swarms)
    {
        foreach (var swarm in swarms)
        {
            if (_swarms.Count < MostSwarms || _swarms.ContainsKey(swarm.SwarmId)) _swarms[swarm.SwarmId] = swarm;
        }
    }

    public SystemView? Newest
    {
        get => _newest;
        set => _newest = value;
    }

    private IEnumerable<Measurement<long>> ByRule(AlertState state) => _newest is not { } newest ? [] : _rules.Select(rule => new Measurement<long>(
        newest.Alerts.Any(a => a.State == state && a.Rule == rule.Name && a.Resource == rule.Gauge.Resource) ? 1 : 0,
        new("rule", rule.Name),
        new("resource", rule.Gauge.Resource),
        new KeyValuePair<string, object?>("level", SnakeCase.Of(rule.Level))));

    private IEnumerable<Measurement<long>> EndedBySwarm()
    {
        foreach (var swarm in _swarms.Values)
        {
            var ended = swarm.Totals;
            yield return Of("completed", ended.Completed);
            yield return Of("failed", ended.Failed);
            yield return Of("cancelled", ended.Cancelled);
            yield return Of("expired", ended.Expired);
            yield return Of("rejected", ended.Rejected);

            Measurement<long> Of(string state, long count) => new(count, new("swarm", swarm.SwarmId), new KeyValuePair<string, object?>("state", state));
        }
    }

    private IEnumerable<Measurement<double>> Utilization()
    {
        foreach (var swarm in _swarms.Values)
        {
            if (swarm.Window.Utilization is { } share) yield return new(share, new KeyValuePair<string, object?>("swarm", swarm.SwarmId));
        }
    }

    private IEnumerable<Measurement<double>> QueueWait()
    {
        foreach (var swarm in _swarms.Values)
        {
            if (swarm.Window.QueueWait is not { } wait) continue;
            yield return Of("0.5", wait.P50Ms);
            yield return Of("0.9", wait.P90Ms);
            yield return Of("1", wait.MaxMs);

            Measurement<double> Of(string quantile, long ms) =>
                new(ms / 1000.0, new("swarm", swarm.SwarmId), new KeyValuePair<string, object?>("quantile", quantile));
        }
    }

    private IEnumerable<Measurement<long>> ByModule() =>
        (_newest?.Modules ?? new Dictionary<string, HealthStatus>()).Select(
            m => new Measurement<long>((long)m.Value, new KeyValuePair<string, object?>("module", m.Key)));
}
