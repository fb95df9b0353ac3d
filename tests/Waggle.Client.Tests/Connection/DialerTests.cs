using System.Net;
using System.Net.WebSockets;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Connection;

public sealed class DialerTests
{
    [Fact]
    public async Task The_request_and_the_hello_have_the_token_of_this_attempt()
    {
        await using var hub = ScriptedHub.Start();
        var attempts = 0;
        var options = new WaggleClientOptions { Url = hub.Url, TokenProvider = _ => new($"token-{++attempts}"), ClientName = "a test" };
        var dialer = Create(options);
        for (var i = 1; i <= 2; i++)
        {
            using var socket = dialer.CreateSocket();
            await dialer.ConnectAsync(socket, CancellationToken.None);
            var session = await hub.NextSessionAsync();
            Assert.Equal($"token-{i}", session.Hello!.Token);
            Assert.Equal("a test", session.Hello.Client);
            Assert.Contains($"Authorization: Bearer token-{i}\r\n", session.Head, StringComparison.Ordinal);
            Assert.Equal(WebSocketState.Open, socket.State);
        }
    }

    [Fact]
    public async Task Without_a_token_the_request_has_no_authorization()
    {
        await using var hub = ScriptedHub.Start();
        var dialer = Create(new WaggleClientOptions { Url = hub.Url });
        using var socket = dialer.CreateSocket();
        await dialer.ConnectAsync(socket, CancellationToken.None);
        var session = await hub.NextSessionAsync();
        Assert.Null(session.Hello!.Token);
        Assert.DoesNotContain("Authorization", session.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_hello_is_created_once_the_socket_is_open()
    {
        await using var hub = ScriptedHub.Start();
        var options = new WaggleClientOptions { Url = hub.Url };
        ClientWebSocket? dialed = null;
        var states = new List<WebSocketState>();
        var dialer = Create(options, new Owner(options, () => states.Add(dialed!.State)));
        using var socket = dialed = dialer.CreateSocket();
        Assert.Empty(states);
        await dialer.ConnectAsync(socket, CancellationToken.None);
        Assert.Equal([WebSocketState.Open], states);
    }

    [Fact]
    public async Task A_refused_upgrade_has_its_status_and_no_hello_is_created()
    {
        await using var hub = ScriptedHub.Start();
        hub.HttpStatus = 401;
        var options = new WaggleClientOptions { Url = hub.Url };
        var dialer = Create(options, new Owner(options, () => Assert.Fail("A hello was created.")));
        using var socket = dialer.CreateSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => dialer.ConnectAsync(socket, CancellationToken.None));
        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_token_provider_that_fails_prevents_the_request()
    {
        await using var hub = ScriptedHub.Start();
        var dialer = Create(new WaggleClientOptions { Url = hub.Url, TokenProvider = _ => throw new IOException("no issuer") });
        using var socket = dialer.CreateSocket();
        var failure = await Assert.ThrowsAsync<WaggleException>(() => dialer.ConnectAsync(socket, CancellationToken.None));
        Assert.Equal(ClientErrorCodes.NoToken, failure.Code);
        Assert.Equal(0, hub.Sessions);
        Assert.Equal(WebSocketState.None, socket.State);
    }

    [Fact]
    public void A_socket_has_the_keep_alive_of_the_options()
    {
        var options = new WaggleClientOptions
        {
            Url = new Uri("http://127.0.0.1:1"),
            KeepAliveInterval = TimeSpan.FromSeconds(3),
            KeepAliveTimeout = TimeSpan.FromSeconds(7),
        };
        using var socket = Create(options).CreateSocket();
        Assert.Equal(TimeSpan.FromSeconds(3), socket.Options.KeepAliveInterval);
        Assert.Equal(TimeSpan.FromSeconds(7), socket.Options.KeepAliveTimeout);
    }

    [Theory]
    [InlineData("http://127.0.0.1:3000", false)]
    [InlineData("http://localhost:3000", false)]
    [InlineData("https://hub.example", true)]
    public void Only_a_hub_on_another_machine_is_reached_through_the_proxy(string url, bool hasProxy)
    {
        using var socket = Create(new WaggleClientOptions { Url = new Uri(url) }).CreateSocket();
        Assert.Equal(hasProxy, socket.Options.Proxy is not null);
    }

    private static Dialer Create(WaggleOptions options, IConnectionOwner? owner = null) =>
        new(WaggleUrl.ToSocket(options.Url), options, new TokenSource(options), owner ?? new PlainOwner(options, received: null));

    private sealed class Owner(WaggleOptions options, Action created) : IConnectionOwner
    {
        public Hello CreateHello()
        {
            created();
            return Hellos.Create(options);
        }

        public void Connected(Welcome welcome, int generation)
        {
        }

        public void Received(HubMessage message)
        {
        }

        public ValueTask FrameReadAsync(CancellationToken cancel) => default;

        public void Ended(WaggleException reason)
        {
        }
    }
}
