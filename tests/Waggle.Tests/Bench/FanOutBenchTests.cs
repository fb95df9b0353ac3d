using System.Text.Json;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Bench;

/// <summary><c>waggle bench fanout</c> for a second, over each road.</summary>
public sealed class FanOutBenchTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("tls")]
    [InlineData("http2")]
    public async Task All_subscribers_hear_all_that_is_published(string road)
    {
        var ended = await CliProcess.RunAsync(null, "bench", "fanout", "--subscribers", "20", "--rate", "50", "--seconds", "1", "--road", road, "--json");

        Assert.True(ended.ExitCode == 0, ended.Error);
        using var figures = JsonDocument.Parse(ended.Output);
        Assert.Equal(road, figures.RootElement.GetProperty("road").GetString());
        Assert.InRange(figures.RootElement.GetProperty("publishes_per_second").GetDouble(), double.Epsilon, 60);
        Assert.InRange(figures.RootElement.GetProperty("p50_ms").GetDouble(), 0.001, double.MaxValue);
        Assert.True(figures.RootElement.GetProperty("hub_micros").GetDouble() > 0);
        Assert.True(figures.RootElement.GetProperty("allocated_bytes").GetDouble() > 0);
    }
}
