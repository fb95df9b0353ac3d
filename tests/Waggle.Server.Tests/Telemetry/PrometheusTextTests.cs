using System.Diagnostics.Metrics;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Telemetry;

/// <summary>Compares the hub's page with that of OpenTelemetry's exporter over the same instruments.</summary>
public sealed class PrometheusTextTests
{
    private const string MeterName = "Waggle.Tests.Oracle";

    [Fact]
    public async Task The_page_of_a_hub_that_worked_is_that_of_OpenTelemetrys_exporter()
    {
        await using var hub = await PrometheusOracle.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Http.BaseAddress! });
        await using var worker = await WaggleWorker.StartAsync(
            new WaggleWorkerOptions { Url = hub.Http.BaseAddress!, AgentId = "ann", Slots = 2 },
            (work, _) => work.Spec.Title == "fail" ? throw new TaskFailedException("BROKEN", "It broke.") : new(RawJson.Parse("""{"words":312}""")));
        var good = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.CreateTaskAsync(new TaskSpec { Title = $"t{i}" })));
        foreach (var task in good) await client.WaitForCompletionAsync(task.Id);
        await client.WaitForCompletionAsync((await client.CreateTaskAsync(new TaskSpec { Title = "fail", MaxAttempts = 1 })).Id);
        await client.CancelTaskAsync((await client.CreateTaskAsync(new TaskSpec { Title = "later", DependsOn = [good[0].Id], AssignTo = "nobody" })).Id);
        using (var refused = await hub.Http.GetAsync(new Uri("/api/v1/tasks/no-such", UriKind.Relative))) Assert.Equal(404, (int)refused.StatusCode);

        var page = await SameAsync(hub);
        Assert.Equal(20, page.Families["waggle_task_ended_total"].By(_ => false)["waggle_task_ended_total{state=\"completed\"}"]);
        Assert.All(["waggle_task_dispatch_wait_seconds", "waggle_hub_clients", "http_server_request_duration_seconds"], name => Assert.NotEmpty(page.Families[name].Samples));
    }

    [Fact]
    public async Task Every_kind_of_instrument_unit_label_and_value_is_written_as_OpenTelemetrys_exporter_writes_it()
    {
        await using var hub = await PrometheusOracle.StartAsync(MeterName);
        using var meter = hub.Meters.Create(MeterName);
        foreach (var unit in new[] { null, "", "s", "ms", "By", "1", "{task}", "KiBy", "%", "Cel", "m", "min", "By/s", "{task}/s", "1/s" })
        {
            var name = "unit." + string.Concat((unit ?? "none").Select(c => char.IsAsciiLetterOrDigit(c) ? c : c == '%' ? 'P' : 'X')).ToLowerInvariant() + (unit?.Length ?? 99);
            meter.CreateCounter<long>(name + ".counted", unit, "Counted.").Add(3);
            meter.CreateGauge<double>(name + ".gauged", unit, "Gauged.").Record(0.25);
            meter.CreateHistogram<double>(name + ".spread", unit, "Spread.").Record(7);
        }

        meter.CreateCounter<long>("named.seconds", "s").Add(1);
        meter.CreateCounter<long>("named.total", "By").Add(1);
        meter.CreateCounter<long>("timed.seconds.total", "s").Add(1);
        meter.CreateCounter<long>("bytes.of.work", "By").Add(1);
        meter.CreateGauge<long>("named.gauge.total").Record(1);
        meter.CreateCounter<int>("odd-name/with.all_kinds--of..signs", null, "back\\slash\nnew line \"quoted\"").Add(1);
        meter.CreateCounter<double>("double.counter").Add(0.1);
        var upDown = meter.CreateUpDownCounter<long>("up.down", "{client}");
        upDown.Add(5);
        upDown.Add(-7);
        meter.CreateObservableCounter("observed.counter", () => 12L);
        meter.CreateObservableUpDownCounter("observed.up.down", () => -3L);
        meter.CreateObservableGauge("observed.gauge", () => new[] { new Measurement<double>(1.5, new KeyValuePair<string, object?>("s", "a")), new Measurement<double>(-1e21, new KeyValuePair<string, object?>("s", "b")) });
        var labels = meter.CreateCounter<long>("labels");
        foreach (var value in new object?[] { "plain", null, true, 42, 1.5, "a\"b\\c\nd", "é☃" }) labels.Add(1, new("dotted.key", value), new("b", "x"), new("a", 1));
        labels.Add(1, new("b", "x"), new("a", 1));
        labels.Add(1, new("a", 1), new KeyValuePair<string, object?>("b", "x"));
        labels.Add(1);
        var gauge = meter.CreateGauge<double>("values");
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, 1e-9, 123456789012345680, double.MaxValue];
        for (var i = 0; i < values.Length; i++) gauge.Record(values[i], new KeyValuePair<string, object?>("at", i));
        var advised = meter.CreateHistogram("advised", "s", "Times.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.1, 1, 10] });
        foreach (var value in new[] { 0.0005, 0.001, 0.1, 0.5, 7, 70 }) advised.Record(value, new KeyValuePair<string, object?>("k", "v"));
        meter.CreateHistogram("advised.whole", null, null, null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 10] }).Record(10);
        meter.CreateHistogram<int>("standard").Record(25);
        await SameAsync(hub);
    }

    private static async Task<MetricPage> SameAsync(PrometheusOracle hub)
    {
        MetricPage? same = null;
        string[] differences = [];
        try
        {
            await Eventually.Async(async () =>
            {
                var (before, theirs, after) = (await hub.OursAsync(), await hub.TheirsAsync(), await hub.OursAsync());
                differences = [.. new MetricComparison(before, theirs, after).Differences];
                same = differences.Length == 0 ? after : null;
                return same is not null;
            });
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Join('\n', differences));
        }

        return same!;
    }
}
