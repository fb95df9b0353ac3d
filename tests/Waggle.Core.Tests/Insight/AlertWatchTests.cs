using Waggle.Core.Insight;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Insight;

public class AlertWatchTests
{
    private AlertWatch _watch = new([Readings.Rule()]);
    private TimeSpan _at;

    [Fact]
    public void Past_the_threshold_for_less_than_its_time_is_nothing()
    {
        Assert.Null(See(95, after: 0));
        Assert.Null(See(95, after: 9));
        Assert.Null(See(85, after: 1));
        Assert.Null(See(95, after: 1));
        Assert.Null(See(95, after: 9));
    }

    [Fact]
    public void Past_it_for_long_enough_it_is_found_with_how_long_and_by_how_much()
    {
        See(95, after: 0);
        var found = See(97, after: 10)!;
        Assert.Equal((true, 97.0, TimeSpan.FromSeconds(10)), (found.IsPast, found.Value!.Value, found.Held));
        Assert.Equal(TimeSpan.FromSeconds(15), See(97, after: 5)!.Held);
    }

    [Fact]
    public void Between_the_two_numbers_it_is_neither_past_nor_back()
    {
        See(95, after: 0);
        Assert.True(See(95, after: 10)!.IsPast);
        for (var i = 0; i < 100; i++) Assert.Null(See(85, after: 5));
        Assert.Null(See(80, after: 5));
        Assert.False(See(80, after: 10)!.IsPast);
    }

    [Fact]
    public void The_threshold_itself_is_not_past_it_and_the_end_itself_is_back()
    {
        See(90, after: 0);
        Assert.Null(See(90, after: 60));
        See(80, after: 1);
        Assert.False(See(80, after: 10)!.IsPast);
    }

    [Fact]
    public void A_rule_without_a_time_speaks_at_once()
    {
        _watch = new([Readings.Rule(seconds: 0)]);
        Assert.True(See(91, after: 0)!.IsPast);
        Assert.False(See(80, after: 1)!.IsPast);
    }

    [Fact]
    public void What_is_too_little_is_found_below()
    {
        _watch = new([Readings.Rule(10, 20, seconds: 0) with { Above = false }]);
        Assert.True(See(9, after: 0)!.IsPast);
        Assert.Null(See(15, after: 1));
        Assert.False(See(20, after: 1)!.IsPast);
    }

    [Fact]
    public void A_moment_without_a_figure_neither_ends_nor_begins_anything()
    {
        See(95, after: 0);
        Assert.Null(See(null, after: 5));
        Assert.True(See(95, after: 5)!.IsPast);
    }

    [Fact]
    public void What_has_no_figure_for_a_minute_is_back_with_the_reason()
    {
        See(95, after: 10);
        See(null, after: 1);
        Assert.Null(See(null, after: 59));
        var found = See(null, after: 1)!;
        Assert.Equal((false, null, "nobody says"), (found.IsPast, found.Value, found.WhyNotMeasured));
        Assert.Null(See(95, after: 1));
    }

    [Theory]
    [InlineData(AlertTrend.Rising, new[] { 90.5, 92, 94, 96, 98 })]
    [InlineData(AlertTrend.Falling, new[] { 99, 97, 95.5, 93, 91 })]
    [InlineData(AlertTrend.Steady, new[] { 95.0, 96, 94, 95, 96 })]
    [InlineData(AlertTrend.Steady, new[] { 95.0, 95, 95, 95, 500 })]
    public void The_trend_is_that_of_most_readings(AlertTrend trend, double[] values)
    {
        AlertFinding? found = null;
        foreach (var value in values) found = See(value, after: 5);
        Assert.Equal(trend, found!.Trend);
    }

    [Fact]
    public void Two_readings_are_no_trend()
    {
        _watch = new([Readings.Rule(seconds: 0)]);
        See(91, after: 0);
        Assert.Null(See(99, after: 5)!.Trend);
    }

    // For any measurements, the value has returned completely and stayed there between the finding that it is past and the finding that it is back.
    [Fact]
    public void It_does_not_flap() => Gen.ForAll(300, g =>
    {
        var rule = Readings.Rule(90, g.Int(50, 90), g.Int(0, 30));
        var watch = new AlertWatch([rule]);
        var (at, past, crossed) = (TimeSpan.Zero, false, (TimeSpan?)null);
        for (var i = 0; i < 200; i++)
        {
            at += TimeSpan.FromSeconds(g.Int(1, 10));
            var value = g.Maybe<double?>(() => g.Int(40, 100), 0.95);
            if (value is { } measured && (past ? rule.IsPast(measured) || !rule.IsBack(measured) : !rule.IsPast(measured))) crossed = null;
            else if (value is not null) crossed ??= at;
            if (watch.Observe(Readings.Cpu(value), at) is not [var found] || found.IsPast == past) continue;
            if (found.Value is not null) Assert.True(at - crossed >= rule.For, $"It turned {(past ? "back" : "past")} after {at - crossed}.");
            (past, crossed) = (found.IsPast, null);
        }
    });

    private AlertFinding? See(double? cpu, int after)
    {
        _at += TimeSpan.FromSeconds(after);
        return _watch.Observe(Readings.Cpu(cpu), _at) is [var found] ? found : null;
    }
}
