using System.Net.WebSockets;
using System.Text.Json;
using Waggle.Dialects.ClaudeZen;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Auth;

/// <summary>A refused token is counted once, whether the fast path to a WebSocket sees it first or not.</summary>
public sealed class RefusalCountTests : IAsyncLifetime
{
    private AuthHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await AuthHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_refused_upgrade_counts_once()
    {
        await Assert.ThrowsAsync<WebSocketException>(() => _hub.ConnectAsync("nonsense"));
        await CountedOnceAsync();
    }

    [Fact]
    public async Task A_refused_token_counts_once_if_the_dialect_reports_it()
    {
        var url = new UriBuilder(_hub.WebSocketUrl) { Path = ClaudeZenDialect.Entry.Path }.Uri;
        using var client = await RawClient.ConnectAsync(url, o => o.SetRequestHeader("Authorization", "Bearer nonsense"));
        await CountedOnceAsync();
    }

    private async Task CountedOnceAsync()
    {
        JsonElement[] entries = [];
        await Eventually.Async(
            async () =>
            {
                var (_, body, _) = await _hub.SendAsync(HttpMethod.Get, "/api/v1/audit?outcome=refused", _hub.Admin);
                entries = [.. body.GetProperty("entries").EnumerateArray()];
                return entries.Length > 0;
            },
            "the refusal is in the audit log");
        Assert.Equal(1, await RefusedAsync());
        Assert.Equal(1, Assert.Single(entries).GetProperty("count").GetInt64());
    }

    private async Task<double> RefusedAsync()
    {
        using var http = new HttpClient { BaseAddress = _hub.Server.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", _hub.Admin);
        return await http.FigureAsync("waggle_auth_refused_total{reason=\"malformed\"}");
    }
}
