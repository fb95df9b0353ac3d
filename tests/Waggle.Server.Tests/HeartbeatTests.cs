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

    private async Task<List<string>> ConnectionsAsync()
    {
        using var http = new HttpClient();
        using var json = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(_hub.Server.Url, "/api/v1/connections")));
        return [.. json.RootElement.GetProperty("connections").EnumerateArray().Select(c => c.GetProperty("id").GetString()!)];
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
