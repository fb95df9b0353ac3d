using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// Checks the rules against each reading and reports the rules whose value has been past its threshold, or back, for long enough. It reports a state with every
/// reading and not an event; the owner's loop, which has the open alerts, finds the difference. No clock, no I/O; one caller at a time.
/// </summary>
public sealed class AlertWatch(IReadOnlyList<AlertRule> rules)
{
    private readonly RuleWatch[] _rules = [.. rules.Select(r => new RuleWatch(r))];

    public IReadOnlyList<AlertRule> Rules => rules;

    /// <param name="at">The time of the reading, on a clock that does not jump.</param>
    public IReadOnlyList<AlertFinding> Observe(SystemView reading, TimeSpan at)
    {
        var findings = new List<AlertFinding>(_rules.Length);
        foreach (var rule in _rules)
        {
            if (rule.Observe(reading, at) is { } finding) findings.Add(finding);
        }

        return findings;
    }
}

/// <param name="IsPast">Whether the value is past its threshold; false means that it is back.</param>
/// <param name="Value">The value; null if it is not measured any more.</param>
/// <param name="Held">The time for which the value has stood there.</param>
public sealed record AlertFinding(AlertRule Rule, bool IsPast, double? Value, TimeSpan Held, AlertTrend? Trend, string? WhyNotMeasured);

internal sealed class RuleWatch(AlertRule rule)
{
    // The shortest time without a figure after which an alert is resolved.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private readonly Trend _trend = new();
    private TimeSpan? _past;
    private TimeSpan? _back;
    private TimeSpan? _unknown;

    public AlertFinding? Observe(SystemView reading, TimeSpan at)
    {
        if (rule.Gauge.Read(reading) is not { } value) return Unmeasured(reading, at);
        _unknown = null;
        _trend.Add(at, value);
        if (rule.IsPast(value))
        {
            _back = null;
            _past ??= at;
            var held = at - _past.Value;
            return held >= rule.For ? new(rule, true, value, held, _trend.Of(Math.Abs(rule.Threshold - rule.Resolve)), null) : null;
        }

        // Between the two values the state does not change, but the value has not been past the threshold all the time.
        _past = null;
        if (!rule.IsBack(value))
        {
            _back = null;
            return null;
        }

        _back ??= at;
        return at - _back >= rule.For ? new(rule, false, value, at - _back.Value, null, null) : null;
    }

    // A moment without a figure (no commit within the interval) neither ends the state nor begins it.
    private AlertFinding? Unmeasured(SystemView reading, TimeSpan at)
    {
        _unknown ??= at;
        var held = at - _unknown.Value;
        if (held < (rule.For > Forgotten ? rule.For : Forgotten)) return null;
        _past = _back = null;
        return new(rule, false, null, held, null, reading.Reasons.GetValueOrDefault(rule.Gauge.Metric) ?? "no figure");
    }
}
