namespace Waggle.Benchmarks.Tests.EndToEnd;

/// <summary><c>fanout</c> for a second, over each road.</summary>
public sealed class FanOutBenchTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("tls")]
    [InlineData("http2")]
    public async Task All_subscribers_hear_all_that_is_published(string road)
    {
        var ended = await BenchProcess.RunAsync("fanout", "--subscribers", "20", "--rate", "50", "--seconds", "1", "--road", road, "--json");

        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Equal(road, ended.Json.GetProperty("road").GetString());
        Assert.InRange(ended.Json.GetProperty("publishes_per_second").GetDouble(), double.Epsilon, 60);
        Assert.InRange(ended.Json.GetProperty("p50_ms").GetDouble(), 0.001, double.MaxValue);
        Assert.True(ended.Json.GetProperty("hub_micros").GetDouble() > 0);
        Assert.True(ended.Json.GetProperty("allocated_bytes").GetDouble() > 0);
    }
}
