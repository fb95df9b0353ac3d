using System.Net;
using System.Net.WebSockets;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Auth;

/// <summary>Each road into a hub that asks for tokens.</summary>
public sealed class RoadTests : IAsyncLifetime
{
    private AuthHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await AuthHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/swarms")]
    [InlineData("/api/v1/events")]
    [InlineData("/api/v1/no-such-thing")]
    [InlineData("/metrics")]
    public async Task Without_a_token_nothing_is_shown(string path)
    {
        var (status, body, headers) = await _hub.SendAsync(HttpMethod.Get, path, null);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("UNAUTHENTICATED", body.Text("code"));
        Assert.Equal("Bearer realm=\"waggle\"", headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    public async Task What_tells_nothing_of_the_hive_is_open(string path) => Assert.Equal(HttpStatusCode.OK, (await _hub.SendAsync(HttpMethod.Get, path, null)).Status);

    [Fact]
    public async Task A_bad_token_is_told_so_on_every_road_and_nothing_of_it_is_repeated()
    {
        using var attacker = new Forge();
        foreach (var token in new[] { "x", "a.b.c", attacker.Token(), attacker.Token(Forge.Header("none")), _hub.Token("ann", ["admin"], life: TimeSpan.FromHours(-1)), _hub.Admin[..^2], new string('a', 9000) })
        {
            var (status, body, headers) = await _hub.SendAsync(HttpMethod.Get, "/api/v1/swarms", token);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains("error=\"invalid_token\"", headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(token, body.Text("detail")!, StringComparison.Ordinal);
            Assert.Equal((401, "UNAUTHENTICATED"), await _hub.StatusAsync(HttpMethod.Get, "/api/v1/events", token));
            var refused = await Assert.ThrowsAsync<WebSocketException>(() => _hub.ConnectAsync(token));
            Assert.Contains("401", refused.Message, StringComparison.Ordinal);
            var client = await _hub.ConnectAsync();
            var error = await client.HelloAsync($",\"token\":\"{token}\"");
            Assert.Equal("UNAUTHENTICATED", error.Text("code"));
            Assert.Equal(4502, (await client.Closed).Code);
        }
    }

    [Fact]
    public async Task A_megabyte_of_token_is_refused_and_the_hub_goes_on()
    {
        var token = new string('a', 1000 * 1000);
        Assert.Equal(431, (await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", token)).Status);
        Assert.Equal(414, (await _hub.StatusAsync(HttpMethod.Get, $"/api/v1/events?token={token[..60_000]}", null)).Status);
        var client = await _hub.ConnectAsync();
        Assert.Equal("UNAUTHENTICATED", (await client.HelloAsync($",\"token\":\"{token}\"")).Text("code"));
        Assert.Equal(200, (await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", _hub.Admin)).Status);
    }

    [Fact]
    public async Task A_good_token_is_taken_from_the_header_the_query_and_the_hello()
    {
        var token = _hub.Token("ann", ["observer"]);
        Assert.Equal(200, (await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", token)).Status);
        Assert.Equal(200, (await _hub.StatusAsync(HttpMethod.Get, "/metrics", token)).Status);
        foreach (var client in new[] { await _hub.ConnectAsync(token), await _hub.ConnectAsync(query: $"token={token}"), await _hub.ConnectAsync(query: $"access_token={token}") })
        {
            Assert.True((await client.HelloAsync()).Is("welcome"));
            await client.EchoAsync();
        }

        await (await _hub.ClientAsync(token)).EchoAsync();
    }

    [Fact]
    public async Task The_query_is_no_place_for_it_where_headers_can_be_sent() =>
        Assert.Equal((401, "UNAUTHENTICATED"), await _hub.StatusAsync(HttpMethod.Get, $"/api/v1/swarms?token={_hub.Admin}", null));

    [Fact]
    public async Task Two_tokens_are_none()
    {
        Assert.Equal((401, "UNAUTHENTICATED"), await _hub.StatusAsync(HttpMethod.Get, $"/api/v1/events?token={_hub.Admin}", _hub.Admin));
        await Assert.ThrowsAsync<WebSocketException>(() => _hub.ConnectAsync(query: $"token={_hub.Admin}&access_token={_hub.Admin}"));
    }

    [Fact]
    public async Task Another_scheme_is_no_token()
    {
        using var http = new HttpClient { BaseAddress = _hub.Server.Url };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Basic cm9vdDpyb290");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/api/v1/swarms", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Nothing_is_done_before_the_hello_has_said_who_it_is()
    {
        var client = await _hub.ConnectAsync();
        await client.SendAsync("""[{"type":"swarm.create","id":"1","name":"x"},{"type":"hello","id":"2","protocols":["waggle.v1"],"token":"x"},{"type":"swarm.create","id":"3","name":"x"}]""");
        Assert.Equal("HELLO_REQUIRED", (await client.NextAsync()).Text("code"));
        Assert.Equal("UNAUTHENTICATED", (await client.NextAsync()).Text("code"));
        Assert.True((await client.NextAsync()).Is("bye"));
        Assert.Equal(4502, (await client.Closed).Code);
        var swarms = (await _hub.SendAsync(HttpMethod.Get, "/api/v1/swarms", _hub.Admin)).Body.GetProperty("swarms");
        Assert.Equal(1, swarms.GetArrayLength());
    }

    [Fact]
    public async Task What_follows_a_hello_in_its_frame_is_done_on_behalf_of_its_token()
    {
        var client = await _hub.ConnectAsync();
        await client.SendAsync($$"""[{"type":"hello","id":"1","protocols":["waggle.v1"],"token":"{{_hub.Admin}}"},{"type":"swarm.create","id":"2","name":"x","swarm":"x"}]""");
        Assert.True((await client.NextAsync()).Is("welcome"));
        Assert.True((await client.NextAsync()).Is("reply"));
    }

    [Fact]
    public async Task The_hub_made_a_key_that_only_its_owner_reads_and_keeps_it()
    {
        var path = Path.Combine(_hub.Folder, "token-key.json");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var before = await File.ReadAllTextAsync(path);
        _ = _hub.Admin;
        Assert.Equal(before, await File.ReadAllTextAsync(path));
    }
}
