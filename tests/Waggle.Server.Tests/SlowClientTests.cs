using System.Net.WebSockets;
using System.Text;
using Waggle.Delivery;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests;

public class SlowClientTests
{
    [Fact]
    public async Task A_client_that_never_reads_delays_nobody_and_is_cut_off()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Outbox = new OutboxLimits { MaxKept = 200, MaxBytes = 4 * 1024 * 1024 } });
        using var deaf = await RawClient.ConnectAsync(hub.Url, reads: false);
        await deaf.SendAsync("""[{"type":"hello","protocols":["waggle.v1"]},{"type":"subscribe","id":"1","topics":["#"]}]""");
        var client = await hub.ClientAsync();
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.*.created\"]");
        var title = new string('x', 400);
        var input = new string('y', 50_000);
        for (var i = 0; i < 60; i++)
        {
            var specs = string.Join(',', Enumerable.Repeat($"{{\"title\":\"{title}\",\"input\":\"{input}\"}}", 10));
            await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{specs}]");
            for (var n = 0; n < 10; n++) await client.NextAsync("record");
        }

        await Eventually.Async(IsCutOffAsync, "the end of the connection that nobody reads", TimeSpan.FromSeconds(30));
        await client.EchoAsync();

        // Data of a client that the hub has disconnected goes nowhere.
        async Task<bool> IsCutOffAsync()
        {
            try
            {
                await deaf.SendAsync("""{"type":"echo"}""");
                return false;
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException or OperationCanceledException or IOException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task A_client_that_asks_and_never_reads_its_answers_is_sent_away()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Outbox = new OutboxLimits { MaxKept = 100 } });
        using var deaf = await RawClient.ConnectAsync(hub.Url, reads: false);
        await deaf.SendAsync("""{"type":"hello","protocols":["waggle.v1"]}""");
        var ask = Encoding.UTF8.GetBytes($$"""{"type":"echo","id":"1","payload":"{{new string('x', 100_000)}}"}""");
        var asking = AskWithoutEndAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => asking.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(asking.IsFaulted || asking.IsCanceled);
        await (await hub.ClientAsync()).EchoAsync();

        async Task AskWithoutEndAsync()
        {
            while (true) await deaf.SendAsync(ask, WebSocketMessageType.Text);
        }
    }

    [Fact]
    public async Task Connections_that_vanish_in_the_middle_of_everything_leave_the_hub_as_it_was()
    {
        await using var hub = await TestHub.StartAsync();
        var witness = await hub.ClientAsync();
        await witness.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.end\"]");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async n =>
        {
            for (var i = 0; i < 25; i++)
            {
                var client = await hub.ConnectAsync();
                await client.SendAsync($$"""{"type":"hello","protocols":["waggle.v1"],"agent":{"id":"a{{n}}","secret":"0123456789abcdef","slots":5} }""");
                await client.SendAsync("""[{"type":"subscribe","id":"1","topics":["#"]},{"type":"task.create","id":"2","tasks":[{"title":"t"}]},{"type":"task.list","id":"3"},{"type":"agent.list","id":"4"}]""");
                if (i % 2 == 0) await client.NextAsync();
                client.Abort();
            }
        }));
        await witness.ResultAsync("\"type\":\"publish\",\"topic\":\"app.end\"");
        await witness.NextAsync("record");
    }
}
