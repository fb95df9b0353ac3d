using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Commands.Operations;

public sealed class OtlpTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collector_that_is_named_gets_the_hubs_figures(bool byVariable)
    {
        var port = FreePort();
        using var collector = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        collector.Start();
        var url = $"http://127.0.0.1:{port}";
        var variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "100" };
        if (byVariable) variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
        string[] flag = byVariable ? [] : ["--otlp-endpoint", url];
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data"), .. flag], variables: variables);
        await hub.Output.WaitAsync("ready ");

        // The first exports may precede the first figure.
        while (!(await NextAsync(collector, "/v1/metrics")).Contains("waggle.hive.turn.duration", StringComparison.Ordinal))
        {
        }
    }

    [Fact]
    public async Task One_trace_leads_from_the_creator_through_the_hub_to_the_worker()
    {
        var port = FreePort();
        using var collector = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        collector.Start();
        var variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "50" };
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data"), "--otlp-endpoint", $"http://127.0.0.1:{port}"], variables: variables);
        var url = new Uri((await hub.Output.WaitAsync("ready ")).Split(' ')[1]);

        var spans = Channel.CreateUnbounded<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is WaggleClient.ActivitySourceName or nameof(OtlpTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Writer.TryWrite(span),
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(OtlpTests));
        ActivityTraceId inHandler = default;
        await using var worker = await WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = url }, async (work, _) =>
        {
            await work.LogAsync("at it");
            inHandler = Activity.Current!.TraceId;
            return work.Input;
        });
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = url });
        ActivityTraceId trace;
        using (var root = source.StartActivity("root")!)
        {
            trace = root.TraceId;
            root.TraceStateString = "vendor=1";
            var task = await client.CreateTaskAsync(new TaskSpec { Title = "traced" });
            var completed = await client.WaitForCompletionAsync(task.Id);
            Assert.Equal("vendor=1", completed.Spec.Metadata!["tracestate"]);
        }

        // Spans of this process: the producer under the root, and the consumer under the producer.
        var ended = new Dictionary<string, Activity>();
        while (ended.Count < 3)
        {
            var span = await spans.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);

            // Other tests of this process create other spans.
            if (span.TraceId == trace) ended.Add(span.OperationName, span);
        }

        var (producer, consumer) = (ended["waggle.task.create"], ended["waggle.task.run"]);
        Assert.Equal((trace, trace, trace), (producer.TraceId, consumer.TraceId, inHandler));
        Assert.Equal(producer.SpanId, consumer.ParentSpanId);

        // Spans of the hub: its steps, exported, in the same trace under the same producer. The wire has ids as bytes.
        var exported = "";
        foreach (var step in (string[])["waggle.task_created", "waggle.task_assigned", "waggle.task_completed"])
        {
            while (!exported.Contains(step, StringComparison.Ordinal)) exported += await NextAsync(collector, "/v1/traces");
        }

        Assert.Contains(Latin(trace.ToHexString()), exported, StringComparison.Ordinal);
        Assert.Contains(Latin(producer.SpanId.ToHexString()), exported, StringComparison.Ordinal);
    }

    private static string Latin(string hex) => Encoding.Latin1.GetString(Convert.FromHexString(hex));

    /// <summary>Returns the next export on a path; skips those on other paths.</summary>
    private static async Task<string> NextAsync(HttpListener collector, string path)
    {
        while (true)
        {
            var context = await collector.GetContextAsync().WaitAsync(Eventually.Patience);
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            context.Response.Close();
            if (context.Request.Url!.AbsolutePath == path) return Encoding.Latin1.GetString(body.ToArray());
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
