using System.Text.Json;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests;

public class StopTests
{
    [Fact]
    public async Task A_stopping_hub_tells_everybody_to_come_back()
    {
        await using var hub = await TestHub.StartAsync();
        var clients = new[] { await hub.ClientAsync(), await hub.ConnectAsync(), await hub.WorkerAsync("w1") };
        var stopping = hub.Server.DisposeAsync().AsTask();
        foreach (var client in clients)
        {
            Assert.Equal(CloseCodes.Draining, (await client.NextAsync("bye")).Number("code"));
            Assert.Equal(CloseCodes.Draining, (await client.Closed).Code);
        }

        await stopping.WaitAsync(Eventually.Patience);
        await hub.Server.Completion.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Everybody_is_told_when_to_come_back_and_workers_come_first()
    {
        await using var hub = await TestHub.StartAsync();
        var observers = new[] { await hub.ClientAsync(), await hub.ClientAsync(), await hub.ClientAsync() };
        var worker = await hub.WorkerAsync("w1");
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        using var stream = await http.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        var text = new StreamReader(await stream.Content.ReadAsStreamAsync()).ReadToEndAsync();
        await hub.Server.DisposeAsync();
        var first = (await worker.NextAsync("bye")).Number("retry_after_ms");
        Assert.InRange(first, 500, 1000);
        foreach (var observer in observers) Assert.InRange((await observer.NextAsync("bye")).Number("retry_after_ms"), first, 1000);
        var end = await text.WaitAsync(Eventually.Patience);
        Assert.Matches("retry: 50[0-9]\n\nevent: bye\ndata: .*\"code\":4002.*\"retry_after_ms\":50[0-9]", end);
    }

    [Fact]
    public async Task Nobody_new_comes_in_while_it_stops()
    {
        await using var hub = await TestHub.StartAsync();
        using var deaf = await RawClient.ConnectAsync(hub.Url, reads: false);
        var client = await hub.ClientAsync();
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        await http.GetStringAsync("/health/live");
        var stopping = hub.Server.DisposeAsync().AsTask();
        await client.NextAsync("bye");

        // The deaf client's close holds the stop up.
        using var refused = await http.GetAsync("/api/v1/events");
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("\"code\":\"DRAINING\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        await stopping.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task What_was_taken_before_the_stop_is_answered_and_there_after_it()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ClientAsync();
        for (var i = 0; i < 50; i++) await client.SendAsync($$"""{"type":"task.create","id":"{{i}}","tasks":[{"title":"t{{i}}"}]}""");
        await client.EchoAsync();
        await hub.Server.DisposeAsync();
        var messages = new List<JsonElement>();
        while ((await client.NextAsync()) is var message && !message.Is("bye")) messages.Add(message);
        await hub.RestartAsync();
        var stored = (await (await hub.ClientAsync()).ResultAsync("\"type\":\"task.list\"")).GetProperty("tasks").GetArrayLength();
        Assert.DoesNotContain(messages, m => !m.Is("reply"));
        Assert.Equal((50, 50), (messages.Count, stored));
    }

    [Fact]
    public async Task A_hub_may_be_stopped_twice()
    {
        await using var hub = await TestHub.StartAsync();
        await Task.WhenAll(hub.Server.DisposeAsync().AsTask(), hub.Server.DisposeAsync().AsTask()).WaitAsync(Eventually.Patience);
        await hub.Server.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_listen_holds_up_no_stop_for_long()
    {
        await using var hub = await TestHub.StartAsync(o => o with { DrainTimeout = TimeSpan.FromMilliseconds(200) });
        using var deaf = await RawClient.ConnectAsync(hub.Url, reads: false);
        await deaf.SendAsync("""{"type":"hello","protocols":["waggle.v1"]}""");
        await hub.Server.DisposeAsync().AsTask().WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Who_connects_while_it_stops_is_sent_away_or_not_let_in()
    {
        await using var hub = await TestHub.StartAsync();
        var url = hub.Url;
        var stopping = Task.CompletedTask;
        var connecting = Enumerable.Range(0, 20).Select(async n =>
        {
            await Task.Yield();
            if (n == 5) stopping = hub.Server.DisposeAsync().AsTask();
            try
            {
                using var client = await RawClient.ConnectAsync(url);
                Assert.Contains((await client.Closed).Code, new[] { CloseCodes.Draining, 1006 });
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                // Not let in.
            }
        }).ToArray();
        await Task.WhenAll(connecting).WaitAsync(Eventually.Patience);
        await stopping.WaitAsync(Eventually.Patience);
    }
}
