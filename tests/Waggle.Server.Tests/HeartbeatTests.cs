using System.Text;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests;

/// <summary>Whether a client still lives, on a clock that the test moves.</summary>
public sealed class HeartbeatTests : IAsyncLifetime
{
    private readonly FakeTime _time = new();
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(o => o with { Time = _time });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task Who_says_no_hello_is_sent_away(Road road)
    {
        using var client = await FrameClient.OpenAsync(_hub.Url, road);
        await HeardAsync(client);
        Advance(10.5);
        Assert.Contains("bye", Encoding.UTF8.GetString((await client.FrameAsync()).Payload), StringComparison.Ordinal);
        Assert.Equal(CloseCodes.HelloTimeout, await client.ClosedAsync());
    }

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task Who_is_silent_is_pinged_and_cut_off_when_nothing_comes_back(Road road)
    {
        using var client = await GreetAsync(road);
        Advance(15.5);
        Assert.Equal(ClientFrame.Ping, (await client.FrameAsync()).Opcode);
        Advance(29);
        Assert.Single((await ConnectionsAsync()));
        Advance(1.5);
        await client.EndedAsync();
        await Eventually.Async(async () => (await ConnectionsAsync()).Count == 0, "the hub knows of nobody");
    }

    [Fact]
    public async Task Who_answers_stays()
    {
        using var client = await GreetAsync(Road.First);
        for (var i = 0; i < 5; i++)
        {
            Advance(15.5);
            Assert.Equal(ClientFrame.Ping, (await client.FrameAsync()).Opcode);
            await client.SendAsync(ClientFrame.Of(ClientFrame.Pong));
            await HeardAsync(client);
            Advance(30.5);
        }

        await HeardAsync(client);
    }

    [Fact]
    public async Task The_round_trip_of_a_ping_is_listed_with_its_jitter_and_nothing_before()
    {
        using var client = await GreetAsync(Road.First);
        Assert.Equal((null, null), await MeasuredAsync());
        await AnswerAfterAsync(40);
        var (first, none) = await MeasuredAsync();
        await AnswerAfterAsync(2040);
        var (second, jitter) = await MeasuredAsync();

        // The ping leaves up to two seconds before the test reads it, because the test passes more time than the heartbeat needs.
        Assert.InRange(first!.Value, 40, 2040);
        Assert.InRange(second!.Value, 2040, 4040);
        Assert.Null(none);
        Assert.Equal(second - first, jitter);

        async Task AnswerAfterAsync(int ms)
        {
            Advance(15.5);
            var ping = await client.FrameAsync();
            Assert.Equal(ClientFrame.Ping, ping.Opcode);
            _time.Advance(TimeSpan.FromMilliseconds(ms));
            await client.SendAsync(ClientFrame.Of(ClientFrame.Pong, ping.Payload));
            await HeardAsync(client);
            Advance(30.5);
        }

        async Task<(double? RoundTrip, double? Jitter)> MeasuredAsync()
        {
            var one = Assert.Single(await ListAsync());
            return (Number("round_trip_ms"), Number("jitter_ms"));
            double? Number(string name) => one.TryGetProperty(name, out var value) ? value.GetDouble() : null;
        }
    }

    [Fact]
    public async Task Who_speaks_is_not_pinged()
    {
        using var client = await GreetAsync(Road.First);
        for (var i = 0; i < 20; i++)
        {
            await HeardAsync(client);
            Advance(10);
        }
    }

    [Fact]
    public async Task Hundreds_of_clients_need_no_timer_of_their_own()
    {
        var before = _time.Waiting;
        var clients = new List<FrameClient>();
        for (var i = 0; i < 100; i++) clients.Add(await GreetAsync(Road.First, advance: false));

        // The hub has some few of its own that come and go.
        Assert.InRange(_time.Waiting, 1, before + 10);
        clients.ForEach(c => c.Dispose());
    }

    private void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private async Task<List<string>> ConnectionsAsync() => [.. (await ListAsync()).Select(c => c.GetProperty("id").GetString()!)];

    private async Task<List<System.Text.Json.JsonElement>> ListAsync()
    {
        using var http = new HttpClient();
        using var json = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(_hub.Server.Url, "/api/v1/connections")));
        return [.. json.RootElement.GetProperty("connections").EnumerateArray().Select(c => c.Clone())];
    }

    // Past the first look, which is the hello's.
    private async Task<FrameClient> GreetAsync(Road road, bool advance = true)
    {
        var client = await FrameClient.OpenAsync(_hub.Url, road);
        await client.SendAsync(ClientFrame.Of(ClientFrame.Text, """{"type":"hello","id":"h","protocols":["waggle.v1"]}"""u8));
        Assert.Contains("welcome", Encoding.UTF8.GetString((await client.FrameAsync()).Payload), StringComparison.Ordinal);
        if (advance) Advance(10.5);
        return client;
    }

    // The hub read everything up to here.
    private static async Task HeardAsync(FrameClient client)
    {
        await client.SendAsync(ClientFrame.Of(ClientFrame.Ping, "heard?"u8));
        var (opcode, payload) = await client.FrameAsync();
        Assert.Equal((ClientFrame.Pong, "heard?"), (opcode, Encoding.UTF8.GetString(payload)));
    }
}
