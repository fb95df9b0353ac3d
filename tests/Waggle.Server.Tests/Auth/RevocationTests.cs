using System.Net;
using System.Text.Json;
using Waggle.Server.Auth;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Auth;

/// <summary>A revoked token admits nobody, and ends what it admitted.</summary>
public sealed class RevocationTests : IAsyncLifetime
{
    private AuthHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await AuthHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task The_hub_refuses_a_revoked_token_and_no_other()
    {
        var (ann, other) = (_hub.Token("ann", ["observer"]), _hub.Token("ann", ["observer"]));
        Assert.Equal((200, null), await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", ann));

        await RevokeAsync(ann);

        Assert.Equal((401, "UNAUTHENTICATED"), await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", ann));
        Assert.Equal((200, null), await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", other));
        var welcome = await (await _hub.ConnectAsync()).HelloAsync($",\"token\":\"{ann}\"");
        Assert.Equal("UNAUTHENTICATED", welcome.Text("code"));
    }

    [Fact]
    public async Task A_live_connection_ends_and_receives_nothing_more()
    {
        var ann = _hub.Token("ann", ["observer"]);
        var client = await _hub.ClientAsync(ann);
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"]");
        var admin = await _hub.ClientAsync(_hub.Admin);

        await RevokeAsync(ann);
        await admin.ResultAsync("\"type\":\"swarm.create\",\"name\":\"secret\",\"swarm\":\"secret\"");

        Assert.Equal(4503, (await client.Closed).Code);
        for (var frame = await client.NextAsync(); !frame.Is("bye"); frame = await client.NextAsync())
            Assert.DoesNotContain("swarm_created", frame.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_with_another_token_keeps_the_connection()
    {
        var ann = _hub.Token("ann", ["observer"]);
        var client = await _hub.ClientAsync(ann);
        await client.ResultAsync($"\"type\":\"auth.refresh\",\"token\":\"{_hub.Token("ann", ["observer"])}\"");

        await RevokeAsync(ann);

        await client.ResultAsync("\"type\":\"swarm.list\"");
    }

    [Fact]
    public async Task The_audit_log_names_a_wrong_token_a_missing_permission_and_a_foreign_origin()
    {
        Assert.Equal(401, (await _hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", "nonsense")).Status);
        Assert.Equal(403, (await _hub.StatusAsync(HttpMethod.Post, "/api/v1/swarms", _hub.Token("ann", ["observer"]), """{"name":"x"}""")).Status);
        var client = await _hub.ClientAsync(_hub.Token("bob", permissions: ["read:tasks"]));
        await client.ErrorAsync("\"type\":\"subscribe\",\"topics\":[\"memory.#\"]");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_hub.Server.Url, "/api/v1/swarms"));
        request.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(request)).StatusCode);

        var wanted = new[] { "GET /api/v1/swarms FORBIDDEN_ORIGIN", "authenticate UNAUTHENTICATED", "create_swarm FORBIDDEN", "subscribe FORBIDDEN" };
        await Eventually.Async(async () => (await RefusalsAsync()).SequenceEqual(wanted, StringComparer.Ordinal), "the refusals are in the audit log");
    }

    [Fact]
    public async Task The_audit_log_names_the_token_of_an_administrative_command()
    {
        var admin = _hub.Admin;
        await _hub.SendAsync(HttpMethod.Post, "/api/v1/swarms", admin, """{"name":"x","id":"x"}""");

        var (_, body, _) = await _hub.SendAsync(HttpMethod.Get, "/api/v1/audit?action=swarm.create", admin);
        var entry = Assert.Single(body.GetProperty("entries").EnumerateArray());
        Assert.Equal("root", entry.GetProperty("user").GetString());
        Assert.Equal(IdOf(admin), entry.GetProperty("token_id").GetString());
        Assert.Equal("127.0.0.1", entry.GetProperty("address").GetString());
    }

    private async Task<string[]> RefusalsAsync()
    {
        var (_, body, _) = await _hub.SendAsync(HttpMethod.Get, "/api/v1/audit?outcome=refused", _hub.Admin);
        return [.. body.GetProperty("entries").EnumerateArray().Select(e => $"{e.GetProperty("action")} {e.GetProperty("code")}").Distinct().Order(StringComparer.Ordinal)];
    }

    private async Task RevokeAsync(string token)
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(TokenMint.Read(token)!.Value.Claims.GetProperty("exp").GetInt64());
        var body = JsonSerializer.Serialize(new Dictionary<string, string> { ["expires_at"] = expires.ToString("O"), ["reason"] = "lost" });
        var (status, _, _) = await _hub.SendAsync(HttpMethod.Post, $"/api/v1/tokens/{IdOf(token)}/revoke", _hub.Admin, body);
        Assert.Equal(HttpStatusCode.NoContent, status);
    }

    private static string IdOf(string token) => TokenMint.Read(token)!.Value.Claims.GetProperty("jti").GetString()!;
}
