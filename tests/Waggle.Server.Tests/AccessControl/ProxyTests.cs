using System.Net;
using System.Text.Json;
using Waggle.Server.Tests.Auth;

namespace Waggle.Server.Tests.AccessControl;

/// <summary>The hub accepts a proxy's statement about a client from configured proxies only.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task A_trusted_proxy_says_who_the_client_is()
    {
        await using var hub = await AuthHub.StartAsync(o => o with { TrustedProxies = ["127.0.0.0/8", "10.0.0.1"] });
        Assert.Equal("203.0.113.7", await RemoteAsync(hub, "203.0.113.7"));

        // From the nearest on: what stands before an untrusted one was written by anybody.
        Assert.Equal("203.0.113.7", await RemoteAsync(hub, "198.51.100.1, 203.0.113.7, 10.0.0.1"));
    }

    [Theory]
    [InlineData]
    [InlineData("10.0.0.0/8")]
    public async Task Nobody_else_does(params string[] proxies)
    {
        await using var hub = await AuthHub.StartAsync(o => o with { TrustedProxies = proxies });
        Assert.Equal("127.0.0.1", await RemoteAsync(hub, "203.0.113.7"));
    }

    [Fact]
    public async Task In_development_mode_a_proxys_clients_are_other_machines()
    {
        await using var hub = await AuthHub.StartAsync(o => o with { Auth = new(), TrustedProxies = ["127.0.0.1"] });
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(hub, "/api/v1/swarms", ("X-Forwarded-For", "203.0.113.7"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(hub, "/api/v1/swarms")).Status);
    }

    [Fact]
    public async Task The_name_that_a_trusted_proxy_was_called_by_is_the_hubs()
    {
        await using var trusting = await AuthHub.StartAsync(o => o with { TrustedProxies = ["127.0.0.1"], AllowedHosts = ["hive.example"] });
        await using var alone = await AuthHub.StartAsync(o => o with { AllowedHosts = ["127.0.0.1"] });
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(trusting, "/health/live", ("X-Forwarded-Host", "hive.example"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(trusting, "/health/live", ("X-Forwarded-Host", "other.example"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(trusting, "/health/live", ("X-Forwarded-Host", "hive.example"), ("X-Forwarded-Proto", "https"), ("Origin", "https://hive.example"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(alone, "/health/live", ("X-Forwarded-Host", "other.example"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(alone, "/health/live", ("Host", "hive.example"))).Status);
    }

    [Fact]
    public async Task With_tokens_every_name_is_taken_unless_names_were_given()
    {
        await using var hub = await AuthHub.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(hub, "/api/v1/swarms", ("Host", "hive.example"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(hub, "/api/v1/swarms", ("Host", "hive.example"), ("Origin", "https://evil.example"))).Status);
    }

    [Fact]
    public async Task What_is_no_network_is_refused_at_the_start() =>
        await Assert.ThrowsAsync<ArgumentException>(() => AuthHub.StartAsync(o => o with { TrustedProxies = ["10.0.0.0/99"] }));

    private static async Task<string?> RemoteAsync(AuthHub hub, string forwardedFor)
    {
        // A stream is a client that is shown with its address for as long as it lasts.
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Server.Url, "/api/v1/events"));
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Authorization = new("Bearer", hub.Admin);
        using var stream = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        await lines.ReadLineAsync();
        var shown = (await SendAsync(hub, "/api/v1/connections")).Body;
        return JsonDocument.Parse(shown).RootElement.GetProperty("connections")[0].GetProperty("remote").GetString();
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(AuthHub hub, string path, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Server.Url, path));
        request.Headers.Authorization = new("Bearer", hub.Admin);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
