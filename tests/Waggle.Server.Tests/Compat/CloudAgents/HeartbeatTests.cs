using System.Text;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Compat.CloudAgents;

/// <summary>The ping each 30 s and the rule of 60 s, on a clock that the test moves.</summary>
public sealed class HeartbeatTests : IAsyncLifetime
{
    private readonly FakeTime _time = new();
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(o => o with { Time = _time });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Each_client_is_pinged_each_30_s_in_both_ways()
    {
        using var client = await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(30.5));
            Assert.Equal(ClientFrame.Ping, (await NextAsync(client)).Opcode);
            Assert.StartsWith("""{"type":"ping","timestamp":"2026-03-01T""", (await NextAsync(client)).Text, StringComparison.Ordinal);
            await client.SendAsync(ClientFrame.Of(ClientFrame.Text, """{"type":"ping"}"""u8));
            Assert.StartsWith("""{"type":"pong","timestamp":""", (await NextAsync(client)).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pong_of_the_protocol_alone_keeps_a_client_that_never_says_a_word()
    {
        using var client = await OpenAsync();
        for (var i = 0; i < 6; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(30.5));
            Assert.Equal(ClientFrame.Ping, (await NextAsync(client)).Opcode);
            Assert.Contains("\"ping\"", (await NextAsync(client)).Text, StringComparison.Ordinal);
            await client.SendAsync(ClientFrame.Of(ClientFrame.Pong));
            await HeardAsync(client);
        }
    }

    [Fact]
    public async Task Who_answers_nothing_for_60_s_is_dropped()
    {
        using var client = await OpenAsync();

        // It spoke before the first of these; the 60 s are those between the others.
        for (var i = 0; i < 3; i++) _time.Advance(TimeSpan.FromSeconds(30.5));
        for (var i = 0; i < 6; i++) await NextAsync(client);
        await Eventually.Async(async () => await CountAsync() == 1, "it is still there");
        _time.Advance(TimeSpan.FromSeconds(30.5));

        await client.EndedAsync();
        await Eventually.Async(async () => await CountAsync() == 0, "it is gone");
    }

    [Fact]
    public async Task Hundreds_of_clients_need_no_timer_of_their_own()
    {
        var before = _time.Waiting;
        var clients = new List<FrameClient>();
        for (var i = 0; i < 100; i++) clients.Add(await OpenAsync($"{i:000}"));

        Assert.InRange(_time.Waiting, 1, before + 10);
        clients.ForEach(c => c.Dispose());
    }

    // Greeted, and all that comes with it read.
    private async Task<FrameClient> OpenAsync(string token = "ann")
    {
        var client = await FrameClient.OpenAsync(_hub.Url, path: $"/ws/cloud-agents?token={token}");
        while (!(await NextAsync(client)).Text.Contains($"\"userId\":\"user_{token}\",\"status\"", StringComparison.Ordinal))
        {
        }

        // The greeting comes before the clock is set for it; an answer comes after.
        await HeardAsync(client);
        return client;
    }

    private static async Task<(int Opcode, string Text)> NextAsync(FrameClient client)
    {
        var (opcode, payload) = await client.FrameAsync();
        return (opcode, Encoding.UTF8.GetString(payload));
    }

    private static async Task HeardAsync(FrameClient client)
    {
        await client.SendAsync(ClientFrame.Of(ClientFrame.Ping, "heard?"u8));
        Assert.Equal((ClientFrame.Pong, "heard?"), await NextAsync(client));
    }

    private async Task<int> CountAsync()
    {
        using var http = new HttpClient();
        using var json = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(_hub.Server.Url, "/api/v1/connections")));
        return json.RootElement.GetProperty("count").GetInt32();
    }
}
