using System.Net;
using System.Text;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Server.Tests.Api;
using Waggle.TestKit;

namespace Waggle.Server.Tests.SocketIO;

/// <summary>Clients of Socket.IO on the road that every client's records take: nothing is lost in silence.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task Who_was_away_names_its_last_position_and_is_sent_what_it_missed_also_over_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        string last;
        using (var client = await SioClient.JoinAsync(hub.Server.Url))
        {
            await client.AskAsync("\"subscribe\",\"tasks\"");
            await hub.CreateAsync("heard");
            last = Event(await client.ReadAsync()).Argument.GetProperty("position").GetString()!;
        }

        var missed = new[] { await hub.CreateAsync("one"), await hub.CreateAsync("two") };
        await hub.PostAsync("/api/v1/swarms", """{"name":"not asked for"}""");
        foreach (var restarts in new[] { false, true })
        {
            if (restarts) await hub.RestartAsync();
            using var back = await SioClient.JoinAsync(hub.Server.Url);
            await back.SendAsync($"425[\"subscribe\",{{\"categories\":[\"tasks\"],\"since\":\"{last}\"}}]");
            foreach (var task in missed)
            {
                var (name, argument) = Event(await back.ReadAsync());
                Assert.Equal(("task:created", task), (name, argument.GetProperty("id").GetString()));
            }

            var answer = JsonDocument.Parse((await back.ReadAsync())![3..]).RootElement[0];
            Assert.True(answer.GetProperty("recovered").GetBoolean());
            var live = await hub.CreateAsync("live");
            Assert.Equal(live, Event(await back.ReadAsync()).Argument.GetProperty("id").GetString());
            missed = [.. missed, live];
        }
    }

    [Fact]
    public async Task A_position_of_another_history_is_answered_by_recovered_false()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        var answer = await client.AskAsync("\"subscribe\",{\"categories\":[\"tasks\"],\"since\":\"99:1\"}");
        Assert.False(JsonDocument.Parse(answer).RootElement[0].GetProperty("recovered").GetBoolean());
    }

    [Fact]
    public async Task A_client_that_polls_hears_every_record_in_order_and_also_after_it_moved_to_a_WebSocket()
    {
        await using var hub = await RestHub.StartAsync();
        var (polling, sid) = await PollingAsync(hub);
        var tasks = new List<string>();
        for (var i = 0; i < 30; i++) tasks.Add(await hub.CreateAsync($"t{i}"));
        List<string> heard = [];
        while (heard.Count < 30) heard.AddRange(await polling.ReadAsync());
        Assert.Equal(tasks, heard);

        for (var i = 0; i < 30; i++) tasks.Add(await hub.CreateAsync($"u{i}"));
        using var moved = await SioClient.MoveAsync(hub.Server.Url, sid);
        tasks.Add(await hub.CreateAsync("on the WebSocket"));
        while (heard.Count < tasks.Count) heard.Add(Event(await moved.ReadAsync()).Argument.GetProperty("id").GetString()!);
        Assert.Equal(tasks, heard);
        var shown = Assert.Single((await hub.GetAsync("/api/v1/connections")).Body["connections"]!.AsArray());
        Assert.Equal(("socket_io", "socket", tasks.Count + 1L), ((string?)shown!["kind"], (string?)shown["road"], (long)shown["sent"]!));
    }

    [Fact]
    public async Task A_client_that_fetches_nothing_is_closed_with_the_reason_and_others_are_told()
    {
        await using var hub = await RestHub.StartAsync(o => o with { Outbox = new OutboxLimits { MaxKept = 50, MaxBytes = 1024 * 1024 } });
        using var witness = await SioClient.JoinAsync(hub.Server.Url);
        await witness.AskAsync("\"subscribe\",\"system\"");
        var (slow, _) = await PollingAsync(hub);
        var input = new string('x', 20_000);
        for (var i = 0; i < 150; i++) await hub.CreateAsync("t", $",\"input\":\"{input}\"");
        await witness.UntilAsync("slow:consumer");

        // The earlier messages wait for the client, and the reason follows them.
        var all = await slow.ReadAllAsync();
        Assert.Contains("42[\"error\",{\"error\":\"The client read too slowly. Reconnect with your last position.\",\"code\":\"SLOW_CONSUMER\"}]", all, StringComparison.Ordinal);
        Assert.EndsWith("1", all, StringComparison.Ordinal);
    }

    private static async Task<(Polling Client, string Sid)> PollingAsync(RestHub hub)
    {
        var open = await hub.Http.GetStringAsync("/socket.io/?EIO=4&transport=polling");
        var client = new Polling(hub.Http, JsonDocument.Parse(open[1..]).RootElement.GetProperty("sid").GetString()!);
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.GetAsync(), StringComparison.Ordinal);
        await client.SendAsync("421[\"subscribe\",\"tasks\"]");
        Assert.StartsWith("431[", await client.GetAsync(), StringComparison.Ordinal);
        return (client, client.Sid);
    }

    private static (string Name, JsonElement Argument) Event(string? packet)
    {
        Assert.StartsWith("42[", packet, StringComparison.Ordinal);
        var array = JsonDocument.Parse(packet![2..]).RootElement;
        return (array[0].GetString()!, array[1]);
    }

    private sealed class Polling(HttpClient http, string sid)
    {
        private readonly string _url = $"/socket.io/?EIO=4&transport=polling&sid={sid}";

        public string Sid => sid;

        public async Task<string> GetAsync() => await Eventually.Get(http.GetStringAsync(_url), "the answer to a poll");

        public async Task SendAsync(string packet)
        {
            using var answer = await http.PostAsync(_url, new StringContent(packet, Encoding.UTF8, "text/plain"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        /// <summary>Ids of the tasks that one answer is about.</summary>
        public async Task<IReadOnlyList<string>> ReadAsync() =>
            [.. (await GetAsync()).Split('\x1e').Where(p => p.StartsWith("42", StringComparison.Ordinal)).Select(p => Event(p).Argument.GetProperty("id").GetString()!)];

        /// <summary>All packets to the end of the session.</summary>
        public async Task<string> ReadAllAsync()
        {
            var all = new StringBuilder();
            while (true)
            {
                using var answer = await Eventually.Get(http.GetAsync(_url), "the answer to a poll");
                if (answer.StatusCode != HttpStatusCode.OK) return all.ToString();
                all.Append('\x1e').Append(await answer.Content.ReadAsStringAsync());
            }
        }
    }
}
