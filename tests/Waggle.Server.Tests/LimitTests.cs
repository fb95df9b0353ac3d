using System.Net.Sockets;
using System.Text;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests;

public class LimitTests
{
    [Fact]
    public async Task Ten_thousand_subscriptions_of_one_connection_work_and_one_more_is_refused_with_the_limit_named()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        var all = Limits.MaxSubscribedTopics;
        for (var i = 0; i < all; i += 500)
            await client.SendAsync($"[{string.Join(',', Enumerable.Range(i, 500).Select(n => $$"""{"type":"subscribe","id":"{{n}}","topics":["app.n{{n}}.*"]}"""))}]");
        for (var i = 0; i < all; i++) Assert.Equal($"{i}", (await client.NextAsync("reply")).Text("id"));

        var refused = await client.AskAsync("\"type\":\"subscribe\",\"topics\":[\"app.more\"]");
        Assert.Equal(ErrorCodes.TooLarge, refused.Text("code"));
        Assert.Contains($"{all}", refused.Text("message"), StringComparison.Ordinal);
        await client.ResultAsync("\"type\":\"unsubscribe\",\"subscription\":\"s1\"");
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.more\"]");

        // The hub looks for each of a thousand new topics among all patterns.
        var publisher = await hub.ClientAsync();
        await publisher.SendAsync($"[{string.Join(',', Enumerable.Range(5000, 1000).Select(n => $$"""{"type":"publish","topic":"app.n{{n}}.x","data":{{n}}}"""))}]");
        for (var n = 5000; n < 6000; n++) Assert.Equal(n, (await client.NextAsync("record")).GetProperty("data").GetInt32());
        await publisher.EchoAsync();
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_ended_and_the_others_go_on()
    {
        await using var hub = await TestHub.StartAsync();
        using var slow = new TcpClient();
        await slow.ConnectAsync(hub.Server.Url.Host, hub.Server.Url.Port);
        var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{\"title\":"));
        using var others = new HttpClient { BaseAddress = hub.Server.Url };
        var answer = new StreamReader(stream, Encoding.ASCII).ReadToEndAsync();
        while (!answer.IsCompleted)
        {
            using var other = await others.GetAsync("/api/v1/tasks");
            Assert.True(other.IsSuccessStatusCode);
            await Task.WhenAny(answer, Task.Delay(100)).WaitAsync(Eventually.Patience);
        }

        var text = await answer;
        Assert.StartsWith("HTTP/1.1 408", text, StringComparison.Ordinal);
        Assert.Contains("REQUEST_TIMEOUT", text, StringComparison.Ordinal);
        Assert.Contains("\"tasks\":[]", await others.GetStringAsync("/api/v1/tasks"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"type\":\"task.fail\"", "\"error\":{\"code\":\"X\",\"message\":\"LONG\"}")]
    [InlineData("\"type\":\"task.release\"", "\"reason\":\"LONG\"")]
    [InlineData("\"type\":\"task.refuse\"", "\"reason\":\"LONG\"")]
    [InlineData("\"type\":\"task.progress\"", "\"progress\":0.5,\"message\":\"LONG\"")]
    public async Task What_a_worker_writes_is_bounded_and_its_lease_stands(string type, string rest)
    {
        await using var hub = await TestHub.StartAsync();
        await (await hub.ClientAsync()).ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]");
        var worker = await hub.WorkerAsync("w1");
        var lease = (await worker.NextAsync("assign")).Lease();
        var answer = await worker.AskAsync($"{type},{lease},{rest.Replace("LONG", new string('x', Limits.MaxTextLength + 1), StringComparison.Ordinal)}");
        Assert.Equal(ErrorCodes.TooLarge, answer.Text("code"));
        Assert.Contains($"at most {Limits.MaxTextLength} characters", answer.Text("message"), StringComparison.Ordinal);
        await worker.ResultAsync($"{type},{lease},{rest.Replace("LONG", new string('x', Limits.MaxTextLength), StringComparison.Ordinal)}");
    }
}
