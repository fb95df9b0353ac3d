using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// Holds the rules against one reading after the other and says where each has stood for long enough: past its threshold, or back. What is said again with
/// every reading is a state, not an event: the owner's loop, which knows what alerts are open, makes the difference. No clock, no I/O; one caller at a time.
/// </summary>
public sealed class AlertWatch(IReadOnlyList<AlertRule> rules)
{
    private readonly RuleWatch[] _rules = [.. rules.Select(r => new RuleWatch(r))];

    public IReadOnlyList<AlertRule> Rules => rules;

    /// <param name="at">On a clock that does not jump.</param>
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

/// <param name="IsPast">Past its threshold, else back.</param>
/// <param name="Value">Null: it is not measured any more.</param>
/// <param name="Held">For how long it has stood there.</param>
public sealed record AlertFinding(AlertRule Rule, bool IsPast, double? Value, TimeSpan Held, AlertTrend? Trend, string? WhyNotMeasured);

internal sealed class RuleWatch(AlertRule rule)
{
    // What cannot be measured for this long is not held against anybody any longer.
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

        // Between the two it goes on as it was, but it has not been past the threshold all the time.
        _past = null;
        if (!rule.IsBack(value))
        {
            _back = null;
            return null;
        }

        _back ??= at;
        return at - _back >= rule.For ? new(rule, false, value, at - _back.Value, null, null) : null;
    }

    // A moment without a figure (no commit within the interval) says neither that it is over nor that it has just begun.
    private AlertFinding? Unmeasured(SystemView reading, TimeSpan at)
    {
        _unknown ??= at;
        var held = at - _unknown.Value;
        if (held < (rule.For > Forgotten ? rule.For : Forgotten)) return null;
        _past = _back = null;
        return new(rule, false, null, held, null, reading.Reasons.GetValueOrDefault(rule.Gauge.Metric) ?? "no figure");
    }
}
