using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waggle.Server.Auth;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Auth;

/// <summary>An issuer's keys, from a server that a test controls.</summary>
public sealed class JwksTests : IAsyncLifetime
{
    private readonly FakeTime _time = new();
    private readonly Forge _forge = new();
    private WebApplication _provider = null!;
    private Func<HttpContext, Task> _answer = null!;
    private int _asked;
    private string _url = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _provider = builder.Build();
        _provider.MapGet("/keys", context =>
        {
            Interlocked.Increment(ref _asked);
            return _answer(context);
        });
        Serve(_forge.Set);
        await _provider.StartAsync();
        _url = _provider.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/keys";
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _forge.Dispose();
    }

    [Fact]
    public async Task A_provider_s_token_is_taken_beside_the_hubs_own()
    {
        await using var hub = await StartAsync();
        Assert.Equal(200, await StatusAsync(hub, Token(_forge, "ec")));
        Assert.Equal(200, await StatusAsync(hub, hub.Admin));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_secret_from_the_network_is_no_key()
    {
        await using var hub = await StartAsync();
        var signed = $"{Forge.Part(Forge.Header("HS256", "secret").ToJsonString())}.{Forge.Part(Forge.Claims(_time.GetUtcNow()).ToJsonString())}";
        Assert.Equal(401, await StatusAsync(hub, Forge.Sign(signed, _forge.WithSecret)));
    }

    [Fact]
    public async Task A_new_key_is_fetched_when_a_token_names_it_and_the_old_one_goes()
    {
        await using var hub = await StartAsync();
        using var next = new Forge();
        _time.Advance(JwksSource.LeastInterval);
        Serve(new JsonObject { ["keys"] = new JsonArray(next.EcJwk("next")) });
        Assert.Equal(200, await StatusAsync(hub, Token(next, "next")));
        Assert.Equal(401, await StatusAsync(hub, Token(_forge, "ec")));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Made_up_names_do_not_make_the_hub_ask_more_often_than_every_ten_seconds()
    {
        await using var hub = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => StatusAsync(hub, Token(_forge, $"made-up-{i}"))));
        Assert.Equal(1, _asked);
        _time.Advance(JwksSource.LeastInterval);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => StatusAsync(hub, Token(_forge, $"made-up-{i}"))));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task The_keys_are_read_again_from_time_to_time()
    {
        await using var hub = await StartAsync();
        using var next = new Forge();
        Serve(new JsonObject { ["keys"] = new JsonArray(next.EcJwk("ec")) });
        _time.Advance(TimeSpan.FromMinutes(10));
        await Eventually.Async(async () => await StatusAsync(hub, Token(next, "ec")) == 200, "the new key of the same name is in force");
        Assert.Equal(401, await StatusAsync(hub, Token(_forge, "ec")));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("500")]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"short\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\",\"x\":\"AAAA\",\"y\":\"AAAA\"}]}")]
    [InlineData("redirect")]
    [InlineData("large")]
    public async Task The_last_good_keys_stay_when_others_cannot_be_had(string answer)
    {
        await using var hub = await StartAsync();
        _answer = context => answer switch
        {
            "nothing" => Abort(context),
            "500" => Status(context, 500),
            "redirect" => Redirect(context),
            "large" => context.Response.WriteAsync(new string(' ', 2 * 1024 * 1024)),
            _ => context.Response.WriteAsync(answer),
        };
        _time.Advance(JwksSource.LeastInterval);
        Assert.Equal(401, await StatusAsync(hub, Token(_forge, "other")));
        Assert.Equal(2, _asked);
        Assert.Equal(200, await StatusAsync(hub, Token(_forge, "ec")));
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", hub.Admin);
        var metrics = await http.GetStringAsync(new Uri(hub.Server.Url, "/metrics"));
        Assert.Contains("waggle_auth_jwks_loads_total{result=\"failed\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_auth_jwks_loads_total{result=\"ok\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_auth_refused_total{reason=\"unknown_key\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_starts_while_the_provider_is_away_and_takes_its_tokens_when_it_is_back()
    {
        _answer = Abort;
        await using var hub = await StartAsync();
        Assert.Equal(200, await StatusAsync(hub, hub.Admin));
        Assert.Equal(401, await StatusAsync(hub, Token(_forge, "ec")));
        Serve(_forge.Set);
        _time.Advance(JwksSource.LeastInterval);
        Assert.Equal(200, await StatusAsync(hub, Token(_forge, "ec")));
    }

    [Fact]
    public async Task A_file_is_read_too_with_secrets_and_has_to_be_good_at_the_start()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "keys.json");
        await File.WriteAllTextAsync(file, _forge.Set.ToJsonString());
        await using (var hub = await StartAsync(file))
        {
            var signed = $"{Forge.Part(Forge.Header("HS256", "secret").ToJsonString())}.{Forge.Part(Forge.Claims(_time.GetUtcNow()).ToJsonString())}";
            Assert.Equal(200, await StatusAsync(hub, Forge.Sign(signed, _forge.WithSecret)));
            using var next = new Forge();
            await File.WriteAllTextAsync(file, new JsonObject { ["keys"] = new JsonArray(next.EcJwk("next")) }.ToJsonString());
            _time.Advance(JwksSource.LeastInterval);
            Assert.Equal(200, await StatusAsync(hub, Token(next, "next")));
        }

        await File.WriteAllTextAsync(file, "{}");
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(file));
        Assert.Contains("keys.json", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => StartAsync(Path.Combine(folder.Path, "none.json")));
    }

    [Theory]
    [InlineData("http://keys.example/", "issuer", "audience", "https")]
    [InlineData("https://keys.example/", null, "audience", "require issuer and audience")]
    [InlineData("https://keys.example/", "issuer", null, "require issuer and audience")]
    [InlineData(null, "issuer", null, "require issuer and audience")]
    [InlineData(null, null, "audience", "require issuer and audience")]
    [InlineData(null, "issuer", "audience", "set jwks")]
    [InlineData(null, "http://id.example/", "audience", "https")]
    public void Options_that_do_not_fit_together_are_told(string? jwks, string? issuer, string? audience, string expected) =>
        Assert.Contains(expected, new AuthOptions { Tokens = true, Jwks = jwks, Issuer = issuer, Audience = audience }.Problem(), StringComparison.Ordinal);

    private Task<AuthHub> StartAsync(string? jwks = null) => AuthHub.StartAsync(
        o => o with { Auth = o.Auth with { Jwks = jwks ?? _url, Issuer = Forge.Issuer, Audience = Forge.Audience } }, _time);

    private string Token(Forge forge, string kid) => forge.Token(Forge.Header(kid: kid), Forge.Claims(_time.GetUtcNow()));

    private static async Task<int> StatusAsync(AuthHub hub, string token) => (await hub.StatusAsync(HttpMethod.Get, "/api/v1/swarms", token)).Status;

    private void Serve(JsonObject set)
    {
        var text = set.ToJsonString();
        _answer = context => context.Response.WriteAsync(text);
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task Redirect(HttpContext context)
    {
        context.Response.Redirect("/keys?again");
        return Task.CompletedTask;
    }
}
