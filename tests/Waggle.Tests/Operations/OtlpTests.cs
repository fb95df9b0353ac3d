using System.Net;
using System.Net.Sockets;
using System.Text;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Operations;

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

        // The first ones may be sent before there is a figure.
        while (!(await NextAsync(collector)).Contains("waggle.hive.turn.duration", StringComparison.Ordinal))
        {
        }
    }

    private static async Task<string> NextAsync(HttpListener collector)
    {
        var context = await collector.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(20));
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        context.Response.Close();
        Assert.Equal("/v1/metrics", context.Request.Url!.AbsolutePath);
        return Encoding.Latin1.GetString(body.ToArray());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
