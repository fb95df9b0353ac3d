using Waggle.Protocol;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests;

public class ShapedSubscriptionTests
{
    [Theory]
    [InlineData("\"filter\":[]", "filter: it is an object")]
    [InlineData("\"filter\":{\"field\":\"kind\",\"gt\":[]}", "filter.gt: it is a number or a string")]
    [InlineData("\"max_rate\":{\"per_second\":0}", "max_rate.per_second: it is 0.001 to 1000")]
    [InlineData("\"max_rate\":{\"per_second\":1,\"key\":\"kind\"}", "max_rate.key: it is topic, or data.NAME")]
    [InlineData("\"max_rate\":{\"key\":\"topic\"}", "a required field is missing")]
    [InlineData("\"max_rate\":{\"per_second\":1,\"burst\":2}", "unknown field 'burst'")]
    [InlineData("\"batch\":{\"max\":10,\"ms\":10}", "say \"batch\":true in hello")]
    public async Task What_is_wrong_is_said_and_the_connection_goes_on(string with, string says)
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var answer = await client.AskAsync($"\"type\":\"subscribe\",\"topics\":[\"#\"],{with}");
        Assert.Equal((ErrorCodes.InvalidRequest, true), (answer.Text("code"), answer.Text("message")!.Contains(says, StringComparison.Ordinal)));
        await client.EchoAsync();
    }

    [Theory]
    [InlineData("\"max\":0,\"ms\":10", "batch.max: it is 1 to 1000; it was 0.")]
    [InlineData("\"max\":10,\"ms\":10001", "batch.ms: it is 1 to 10000; it was 10001.")]
    public async Task A_batch_has_its_bounds(string batch, string says)
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        await client.HelloAsync(",\"batch\":true");
        Assert.Equal(says, (await client.AskAsync($"\"type\":\"subscribe\",\"topics\":[\"#\"],\"batch\":{{{batch}}}")).Text("message"));
    }

    [Fact]
    public async Task A_hundred_filters_a_connection_are_enough()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        for (var i = 0; i < Limits.MaxShapedSubscriptions; i++) await client.ResultAsync(Filtered(i));
        Assert.Equal(ErrorCodes.TooLarge, await client.ErrorAsync(Filtered(100)));
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");
        await client.ResultAsync("\"type\":\"unsubscribe\",\"subscription\":\"s1\"");
        await client.ResultAsync(Filtered(100));

        static string Filtered(int i) => $"\"type\":\"subscribe\",\"topics\":[\"app.#\"],\"filter\":{{\"field\":\"data.n\",\"eq\":{i}}}";
    }

    [Fact]
    public async Task A_resume_brings_what_the_filter_takes_and_nothing_else()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var position = client.Welcome.Text("position");
        await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"one\"},{\"title\":\"two\"},{\"title\":\"other\"}]");
        foreach (var restart in new[] { false, true })
        {
            if (restart) await hub.RestartAsync();
            var back = await hub.ClientAsync();
            var result = await back.ResultAsync($"\"type\":\"subscribe\",\"topics\":[\"task.#\"],\"since\":\"{position}\",\"filter\":{{\"field\":\"data.spec.title\",\"in\":[\"two\",\"other\"]}}");
            Assert.Equal(["two", "other"], result.GetProperty("records").EnumerateArray().Select(r => r.GetProperty("data").GetProperty("spec").Text("title")));
        }
    }
}
