using System.Diagnostics.Metrics;
using Waggle.Server.Telemetry;

namespace Waggle.Server.Tests.Telemetry;

public sealed class MetricCollectorTests : IDisposable
{
    private readonly object _scope = new();
    private readonly MetricCollector _collector;
    private readonly Meter _meter;

    public MetricCollectorTests()
    {
        _collector = new MetricCollector(_scope);
        _meter = new Meter("test", null, null, _scope);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_by_labels_and_ends_in_total()
    {
        var counter = _meter.CreateCounter<long>("a.sent", "By", "What was sent.");
        counter.Add(3, new KeyValuePair<string, object?>("to.whom", "x"));
        counter.Add(4, new KeyValuePair<string, object?>("to.whom", "x"));
        counter.Add(1, new KeyValuePair<string, object?>("to.whom", "y"));
        Assert.Equal("# HELP a_sent_bytes_total What was sent.\n# TYPE a_sent_bytes_total counter\na_sent_bytes_total{to_whom=\"x\"} 7\na_sent_bytes_total{to_whom=\"y\"} 1\n", Own());
    }

    [Fact]
    public void Labels_and_help_are_escaped()
    {
        _meter.CreateCounter<int>("c", null, "back\\slash\nnew line").Add(1, new KeyValuePair<string, object?>("l", "a\"b\\c\nd"));
        Assert.Equal("# HELP c_total back\\\\slash\\nnew line\n# TYPE c_total counter\nc_total{l=\"a\\\"b\\\\c\\nd\"} 1\n", Own());
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_whose_boundaries_belong_to_them()
    {
        var histogram = _meter.CreateHistogram("h", "s", "Times.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 }) histogram.Record(value);
        Assert.Equal(
            "# HELP h_seconds Times.\n# TYPE h_seconds histogram\nh_seconds_bucket{le=\"0.1\"} 2\nh_seconds_bucket{le=\"1\"} 3\nh_seconds_bucket{le=\"+Inf\"} 4\nh_seconds_sum 7.65\nh_seconds_count 4\n",
            Own());
    }

    [Fact]
    public void What_goes_up_and_down_is_a_gauge_and_an_observed_series_that_is_gone_is_gone()
    {
        var upDown = _meter.CreateUpDownCounter<long>("here", "{client}", "Clients.");
        upDown.Add(5);
        upDown.Add(-2);
        var states = new List<string> { "a", "b" };
        _meter.CreateObservableGauge("seen", () => states.Select(s => new Measurement<long>(1, new KeyValuePair<string, object?>("s", s))), null, "Seen.");
        Assert.Contains("# TYPE here gauge\nhere 3\n", Own(), StringComparison.Ordinal);
        Assert.Contains("seen{s=\"b\"} 1", Own(), StringComparison.Ordinal);
        states.Remove("b");
        Assert.DoesNotContain("s=\"b\"", Own(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorded_gauge_keeps_its_last_value_over_readings()
    {
        var gauge = _meter.CreateGauge<double>("level");
        gauge.Record(7);
        gauge.Record(0.5);
        Assert.Equal(Own(), Own());
        Assert.Contains("\nlevel 0.5\n", Own(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_labels_in_another_order_are_the_same_series()
    {
        var counter = _meter.CreateCounter<long>("c");
        counter.Add(1, new("b", 2), new KeyValuePair<string, object?>("a", 1));
        counter.Add(1, new("a", 1), new KeyValuePair<string, object?>("b", 2));
        Assert.Contains("\nc_total{a=\"1\",b=\"2\"} 2\n", Own(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_without_bounds_cannot_take_the_memory()
    {
        var counter = _meter.CreateCounter<long>("wild", null, "Wild.");
        for (var i = 0; i < 1500; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));
        Assert.Contains("wild_total{overflow=\"true\"} 500\n", Own(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_hubs_meters_are_not_heard()
    {
        using var other = new Meter("test", null, null, new object());
        other.CreateCounter<long>("not.mine").Add(1);
        Assert.DoesNotContain("not_mine", Own(), StringComparison.Ordinal);
    }

    private string Own()
    {
        var text = "";
        _collector.Read(families => text = PrometheusText.Write([.. families.Where(f => !f.Name.StartsWith("dotnet_", StringComparison.Ordinal))]));
        return text;
    }
}
