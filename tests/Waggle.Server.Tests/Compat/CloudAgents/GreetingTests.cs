using System.Text.Json;
using Waggle.Protocol;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.CloudAgents;

public sealed class GreetingTests
{
    [Fact]
    public async Task A_client_with_a_token_hears_auth_and_then_the_notification()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await RawClient.ConnectAsync(hub.Server.CloudUrl("abc123def456"));
        var (auth, notification) = (await client.NextAsync(), await client.NextAsync());

        Same("""{"success":true,"userId":"user_abc123de"}""", "auth", auth);
        Same("""{"level":"info","message":"Connected to Code Cloud Agents WebSocket"}""", "notification", notification);
        await client.SendAsync("""{"type":"ping"}""");
        var pong = await client.NextAsync("pong");
        Assert.Equal(["type", "timestamp"], pong.EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_client_without_one_is_told_so_stays_and_hears_presence_alone(string? token)
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await RawClient.ConnectAsync(hub.Server.CloudUrl(token));
        Same("""{"success":false,"error":"No token provided"}""", "auth", await client.NextAsync());
        Assert.True((await client.NextAsync()).Is("notification"));
        await client.NothingMoreAsync();

        var native = await hub.WorkerAsync("a1");
        await native.ResultAsync("\"type\":\"notification.send\",\"level\":\"info\",\"message\":\"secret\"");
        using var ann = await hub.Server.HereAsync("ann");

        Assert.Equal("user_ann", (await client.DataAsync("user_presence")).Text("userId"));
        await client.NothingMoreAsync();
        Assert.Contains("has no user", await client.ProblemAsync("""{"type":"user_presence","data":"online"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_clients_find_the_hub_at_their_own_path_on_their_port()
    {
        await using var hub = await TestHub.StartAsync(o => o with { CompatPorts = new Dictionary<string, int> { ["cloud-agents"] = 0 } });
        var port = hub.Server.CompatUrls["cloud-agents"].Port;
        using var client = await RawClient.ConnectAsync(new UriBuilder(hub.Server.CloudUrl("abc", "/ws")) { Port = port }.Uri);
        Assert.Equal("user_abc", (await client.NextAsync()).GetProperty("data").Text("userId"));
    }

    [Fact]
    public async Task Where_tokens_count_the_user_is_their_subject()
    {
        await using var hub = await AuthHub.StartAsync();
        using var client = await RawClient.ConnectAsync(hub.Server.CloudUrl(hub.Token("ann@example.com", ["observer"])));
        Same("""{"success":true,"userId":"ann@example.com"}""", "auth", await client.NextAsync());
        var came = await client.DataAsync("user_presence");
        await client.SayAsync("busy");

        Assert.Equal(("ann@example.com", "online"), (came.Text("userId"), came.Text("status")));
        Assert.Equal("busy", (await client.DataAsync("user_presence")).Text("status"));
    }

    [Theory]
    [InlineData(null, "No token provided")]
    [InlineData("abc123", "token")]
    [InlineData("a.b.c", "token")]
    public async Task Where_tokens_count_a_client_without_a_good_one_is_told_so_stays_and_hears_nothing(string? token, string problem)
    {
        await using var hub = await AuthHub.StartAsync();
        using var client = await RawClient.ConnectAsync(hub.Server.CloudUrl(token));
        var auth = (await client.NextAsync()).GetProperty("data");
        Assert.False(auth.GetProperty("success").GetBoolean());
        Assert.Contains(problem, auth.Text("error"), StringComparison.OrdinalIgnoreCase);
        Assert.True((await client.NextAsync()).Is("notification"));

        using var ann = await hub.Server.CloudAsync(hub.Token("ann", ["observer"]));
        await ann.SayAsync("away");
        await ann.DataAsync("user_presence");
        await client.NothingMoreAsync();
    }

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task Clients_without_a_good_token_take_nobodys_place_and_are_closed_after_a_while(Road road)
    {
        var time = new Waggle.TestKit.FakeTime();
        await using var hub = await AuthHub.StartAsync(o => o with { Connections = new() { MaxConnections = 2, MaxUnauthenticated = 2 } }, time);
        using var one = await FrameClient.OpenAsync(hub.Server.Url, road, path: "/ws/cloud-agents");
        using var two = await FrameClient.OpenAsync(hub.Server.Url, road, path: "/ws/cloud-agents?token=bad");
        using (var three = FrameClient.Connect(hub.Server.Url))
        {
            await three.SendAsync(FrameClient.Request(hub.Server.Url, path: "/ws/cloud-agents"));
            Assert.StartsWith("HTTP/1.1 429", await three.HeadAsync(), StringComparison.Ordinal);
        }

        // The hub's places are all there for those who show who they are.
        using var ann = await hub.Server.CloudAsync(hub.Token("ann", ["observer"]));
        using var bob = await hub.Server.CloudAsync(hub.Token("bob", ["observer"]));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(CloseCodes.HelloRefused, await CodeAsync(one));
        Assert.Equal(CloseCodes.HelloRefused, await CodeAsync(two));
        one.Dispose();
        two.Dispose();
        await ann.SayAsync("away");
        await Waggle.TestKit.Eventually.Async(async () => await OpensAsync(hub), "a place of one without a token is free again");
    }

    private static async Task<int> CodeAsync(FrameClient client)
    {
        while (true)
        {
            var (opcode, payload) = await client.FrameAsync();
            if (opcode == 8) return System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(payload);
        }
    }

    private static async Task<bool> OpensAsync(AuthHub hub)
    {
        using var client = FrameClient.Connect(hub.Server.Url);
        await client.SendAsync(FrameClient.Request(hub.Server.Url, path: "/ws/cloud-agents"));
        return (await client.HeadAsync()).StartsWith("HTTP/1.1 101", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_lapsed_is_no_token()
    {
        var time = new Waggle.TestKit.FakeTime();
        await using var hub = await AuthHub.StartAsync(time: time);
        var token = hub.Token("ann", ["observer"], life: TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromMinutes(5));
        using var client = await RawClient.ConnectAsync(hub.Server.CloudUrl(token));

        var auth = (await client.NextAsync()).GetProperty("data");
        Assert.False(auth.GetProperty("success").GetBoolean());
        Assert.Contains("expired", auth.Text("error"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_a_token_does_not_permit_is_not_told_and_not_taken()
    {
        await using var hub = await AuthHub.StartAsync();
        using var ann = await hub.Server.CloudAsync(hub.Token("ann", permissions: ["read:notifications"]));
        var root = await hub.ClientAsync(hub.Admin);
        await root.ResultAsync("\"type\":\"swarm.create\",\"name\":\"x\"");
        await root.ResultAsync("\"type\":\"presence.set\",\"status\":\"online\"");
        await root.ResultAsync("\"type\":\"notification.send\",\"level\":\"info\",\"message\":\"hear\"");

        Assert.Equal("hear", (await ann.DataAsync("notification")).Text("message"));
        Assert.Contains("read:presence", await ann.ProblemAsync("""{"type":"user_presence","data":"away"}"""), StringComparison.Ordinal);
        await ann.NothingMoreAsync();
    }

    [Fact]
    public async Task Before_a_token_lapses_its_client_is_warned_and_then_sent_away()
    {
        var time = new Waggle.TestKit.FakeTime();
        await using var hub = await AuthHub.StartAsync(time: time);
        using var client = await hub.Server.CloudAsync(hub.Token("ann", ["observer"], life: TimeSpan.FromSeconds(80)));
        await client.SayAsync("online");
        await client.DataAsync("user_presence");
        time.Advance(TimeSpan.FromSeconds(25));
        Assert.Contains("lapses at 2026-03-01T12:01:20Z", (await client.DataAsync("notification")).Text("message"), StringComparison.Ordinal);
        foreach (var seconds in new[] { 20, 20, 20, 20, 20, 16 })
        {
            await client.SendAsync("""{"type":"ping"}""");
            await client.NextAsync("pong");
            time.Advance(TimeSpan.FromSeconds(seconds));
        }

        Assert.Contains("expired", (await client.DataAsync("error")).Text("error"), StringComparison.Ordinal);
        Assert.Equal(4503, (await client.Closed).Code);
    }

    private static void Same(string data, string type, JsonElement message)
    {
        Assert.Equal(["type", "data", "timestamp"], message.EnumerateObject().Select(p => p.Name));
        Assert.Equal((type, data), (message.Text("type"), message.GetProperty("data").GetRawText()));
    }
}
