using Waggle.Protocol;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Compat.CloudAgents;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.AccessControl;

/// <summary>Sockets of waggle.v1 that have not sent hello yet.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task Sockets_without_a_hello_take_nobodys_place(Road road)
    {
        var time = new FakeTime();
        await using var hub = await AuthHub.StartAsync(o => o with { Connections = new() { MaxConnections = 2, MaxUnauthenticated = 2 } }, time);
        using var one = await FrameClient.OpenAsync(hub.Server.Url, road);
        using var two = await FrameClient.OpenAsync(hub.Server.Url, road);
        using (var three = FrameClient.Connect(hub.Server.Url))
        {
            await three.SendAsync(FrameClient.Request(hub.Server.Url));
            Assert.StartsWith("HTTP/1.1 429", await three.HeadAsync(), StringComparison.Ordinal);
        }

        var ann = await hub.ConnectAsync(hub.Token("ann", ["observer"]));
        await ann.HelloAsync();
        var bob = await hub.ConnectAsync(hub.Token("bob", ["observer"]));
        await bob.HelloAsync();

        time.Advance(TimeSpan.FromSeconds(11));
        foreach (var silent in new[] { one, two })
        {
            Assert.Equal(1, (await silent.FrameAsync()).Opcode);
            Assert.Equal(CloseCodes.HelloTimeout, await silent.ClosedAsync());
        }
    }

    [Fact]
    public async Task Strangers_of_a_dialect_take_no_place_of_those_that_bring_their_token_with_the_hello()
    {
        await using var hub = await AuthHub.StartAsync(o => o with { Connections = new() { MaxConnections = 20, MaxUnauthenticated = 1 } });
        using var stranger = await RawClient.ConnectAsync(hub.Server.CloudUrl(null));
        using var refused = FrameClient.Connect(hub.Server.Url);
        await refused.SendAsync(FrameClient.Request(hub.Server.Url).Replace("/ws/waggle", "/ws/cloud-agents", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 429", await refused.HeadAsync(), StringComparison.Ordinal);

        // An eighth of all connections may wait for their hello at the same time.
        var (first, second) = (await hub.ConnectAsync(), await hub.ConnectAsync());
        foreach (var client in new[] { first, second })
            Assert.True((await client.HelloAsync($",\"token\":\"{hub.Token("ann", ["observer"])}\"")).Is("welcome"));
    }

    [Fact]
    public async Task A_hello_with_a_token_takes_an_ordinary_place_and_frees_the_other()
    {
        await using var hub = await AuthHub.StartAsync(o => o with { Connections = new() { MaxConnections = 2, MaxUnauthenticated = 1 } });
        await hub.ClientAsync(hub.Token("ann", ["observer"]));
        var bob = await hub.ClientAsync(hub.Token("bob", ["observer"]));

        // Admitted as one of the few without a token; there is no ordinary place for its hello.
        var late = await hub.ConnectAsync();
        await late.SendAsync($"{{\"type\":\"hello\",\"id\":\"h\",\"protocols\":[\"waggle.v1\"],\"token\":\"{hub.Token("eve", ["observer"])}\"}}");
        var refused = await late.NextAsync("error");
        Assert.Equal(("HUB_FULL", 5000), (refused.Text("code"), (int)refused.Number("retry_after_ms")));
        Assert.Equal(CloseCodes.HelloRefused, (await late.Closed).Code);

        await bob.CloseAsync();
        await Eventually.Async(
            async () =>
            {
                var again = await hub.ConnectAsync();
                return (await again.HelloAsync($",\"token\":\"{hub.Token("eve", ["observer"])}\"")).Is("welcome");
            },
            "a place is free");
    }
}
