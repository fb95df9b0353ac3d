using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waggle.Server.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Auth;

/// <summary>An identity provider that names the place of its keys: a real server on this machine.</summary>
public sealed class OidcDiscoveryTests : IAsyncLifetime
{
    private readonly FakeTime _time = new();
    private readonly Forge _forge = new();
    private WebApplication _provider = null!;
    private string _issuer = "";
    private string _document = "";
    private string _keys = "";
    private int _asked;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _provider = builder.Build();
        _provider.MapGet("/realm/.well-known/openid-configuration", context =>
        {
            Interlocked.Increment(ref _asked);
            return context.Response.WriteAsync(_document);
        });
        _provider.MapGet("/{which}/keys", (string which, HttpContext context) => context.Response.WriteAsync(which == "first" ? _keys : Set("moved")));
        await _provider.StartAsync();
        _issuer = _provider.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/realm";
        _document = Document(_issuer, _issuer.Replace("/realm", "/first/keys", StringComparison.Ordinal));
        _keys = Set("ec");
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _forge.Dispose();
    }

    [Fact]
    public async Task The_keys_are_found_by_the_issuer_alone_and_asked_for_once()
    {
        await using var hub = await StartAsync();
        for (var i = 0; i < 5; i++) Assert.Equal(200, await StatusAsync(hub, Token("ec", i)));
        Assert.Equal(200, await StatusAsync(hub, hub.Admin));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_provider_that_moved_its_keys_is_asked_again()
    {
        await using var hub = await StartAsync();
        Assert.Equal(401, await StatusAsync(hub, Token("moved")));
        _document = Document(_issuer, _issuer.Replace("/realm", "/second/keys", StringComparison.Ordinal));
        _time.Advance(JwksSource.LeastInterval);
        Assert.Equal(200, await StatusAsync(hub, Token("moved")));
        Assert.Equal(401, await StatusAsync(hub, Token("ec")));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"issuer":"https://other.example","jwks_uri":"https://other.example/keys"}""")]
    public async Task The_last_good_keys_stay_when_the_document_is_not_the_issuers(string document)
    {
        await using var hub = await StartAsync();
        _document = document;
        _time.Advance(JwksSource.LeastInterval);
        Assert.Equal(401, await StatusAsync(hub, Token("moved")));
        Assert.Equal(2, _asked);
        Assert.Equal(200, await StatusAsync(hub, Token("ec")));
    }

    [Theory]
    [InlineData("""{"issuer":"https://id.example/","jwks_uri":"https://id.example/keys"}""", "is not 'https://id.example'")]
    [InlineData("""{"issuer":"https://id.example"}""", "jwks_uri")]
    [InlineData("""{"issuer":"https://id.example","jwks_uri":"/keys"}""", "jwks_uri")]
    [InlineData("""{"issuer":"https://id.example","jwks_uri":"http://id.example/keys"}""", "neither https")]
    [InlineData("""{"issuer":"https://id.example","issuer":"https://id.example","jwks_uri":"https://id.example/keys"}""", "not a JSON object")]
    public void A_document_that_cannot_be_trusted_is_refused_with_the_reason(string document, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => OidcDiscovery.KeysOf(Encoding.UTF8.GetBytes(document), "https://id.example")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://id.example", "https://id.example/.well-known/openid-configuration")]
    [InlineData("https://id.example/realms/a/", "https://id.example/realms/a/.well-known/openid-configuration")]
    public void The_document_is_below_the_issuer(string issuer, string document) => Assert.Equal(document, OidcDiscovery.DocumentOf(issuer));

    private Task<AuthHub> StartAsync() => AuthHub.StartAsync(o => o with { Auth = o.Auth with { Issuer = _issuer, Audience = Forge.Audience } }, _time);

    private string Set(string kid) => new JsonObject { ["keys"] = new JsonArray(_forge.EcJwk(kid)) }.ToJsonString();

    private string Token(string kid, int number = 0)
    {
        var claims = Forge.Claims(_time.GetUtcNow());
        claims["iss"] = _issuer;
        claims["jti"] = $"token {number}";
        return _forge.Token(Forge.Header(kid: kid), claims);
    }

    private static string Document(string issuer, string keys) => new JsonObject { ["issuer"] = issuer, ["jwks_uri"] = keys }.ToJsonString();

    private static async Task<int> StatusAsync(AuthHub hub, string token) => (await hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", token)).Status;
}
