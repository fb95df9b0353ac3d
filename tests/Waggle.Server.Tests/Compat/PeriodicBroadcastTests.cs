using System.Text;
using Waggle.Dialects;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Compat;

/// <summary>The periodic broadcasts, on a clock that the test moves.</summary>
public sealed class PeriodicBroadcastTests : IAsyncLifetime
{
    private static readonly DialectEntry Dialect = OrchestratorHubDialect.Entry;

    private readonly FakeTime _time = new();
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(o => o.With(Dialect) with { Time = _time });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task One_beat_is_made_for_all_that_listen_every_5_seconds()
    {
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5.5));
            var (one, other) = (await first.NextAsync("hive_status_update"), await second.NextAsync("hive_status_update"));

            // The same body: the sequence counts renderings.
            Assert.Equal(one.Number("sequence"), other.Number("sequence"));
        }
    }

    [Fact]
    public async Task While_nobody_listens_there_is_none()
    {
        var native = await _hub.ClientAsync();
        await native.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"system.#\"]");
        _time.Advance(TimeSpan.FromSeconds(11));
        using (var client = await ConnectAsync())
        {
            _time.Advance(TimeSpan.FromSeconds(5.5));
            await client.NextAsync("hive_status_update");
        }

        var record = await native.NextAsync("record");
        Assert.Equal(("system.overview.5s", "overview", "latest"), (record.Text("topic"), record.Text("kind"), record.Text("class")));
        await Eventually.Async(async () => (await ConnectionsAsync()) == 1, "the client is gone");
        _time.Advance(TimeSpan.FromSeconds(20));
        await native.EchoAsync();
        Assert.Empty((await native.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"system.overview.*\"]")).GetProperty("latest").EnumerateArray());
    }

    [Fact]
    public async Task A_silent_client_is_pinged_after_30_seconds_and_an_answer_keeps_it()
    {
        using var client = FrameClient.Connect(_hub.Server.CompatUrls[Dialect.Name]);
        await client.SendAsync(FrameClient.Request(_hub.Server.CompatUrls[Dialect.Name]).Replace("/ws/waggle", Dialect.OwnPath, StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 101", await client.HeadAsync(), StringComparison.Ordinal);
        await SpeakAsync(client, "first");
        for (var i = 0; i < 3; i++)
        {
            // Each period of 30 s ends once. In the first one the client sent a message, in the second one it was silent.
            _time.Advance(TimeSpan.FromSeconds(31));
            _time.Advance(TimeSpan.FromSeconds(31));
            Assert.Equal(ClientFrame.Ping, await NextControlAsync(client));
            await client.SendAsync(ClientFrame.Of(ClientFrame.Pong));
            await SpeakAsync(client, $"after ping {i}");
        }
    }

    // The answer proves that the hub has read everything before the question.
    private static async Task SpeakAsync(FrameClient client, string id)
    {
        await client.SendAsync(ClientFrame.Of(ClientFrame.Text, Encoding.UTF8.GetBytes($$"""{"action":"no_such_action","payload":{},"correlation_id":"{{id}}"}""")));
        while (!Encoding.UTF8.GetString((await client.FrameAsync()).Payload).Contains(id, StringComparison.Ordinal)) { }
    }

    private async Task<RawClient> ConnectAsync()
    {
        var client = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect));

        // The snapshot ends with the tasks; from here on only records follow.
        await client.NextAsync("tasks_update");
        return client;
    }

    private async Task<int> ConnectionsAsync() =>
        (await DialectHub.SendAsync(_hub.Server.Url, HttpMethod.Get, "/api/v1/connections")).Body.GetProperty("connections").GetArrayLength();

    private static async Task<int> NextControlAsync(FrameClient client)
    {
        while (true)
        {
            var (opcode, _) = await client.FrameAsync();
            if (opcode != ClientFrame.Text) return opcode;
        }
    }
}
