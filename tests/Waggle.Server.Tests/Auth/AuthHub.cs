using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Waggle.Server.Auth;
using Waggle.Server.Tests.Support;
using Waggle.Storage.Sqlite;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Auth;

/// <summary>A real hub that asks for tokens, and the means to make them.</summary>
internal sealed class AuthHub : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<RawClient> _clients = [];
    private readonly HttpClient _http = new() { Timeout = Eventually.Patience };
    private TimeProvider _time = TimeProvider.System;

    public WaggleServer Server { get; private set; } = null!;

    public string Folder => _folder.Path;

    public Uri WebSocketUrl => new UriBuilder(Server.Url) { Scheme = "ws", Path = "/ws/waggle" }.Uri;

    public static async Task<AuthHub> StartAsync(Func<WaggleServerOptions, WaggleServerOptions>? change = null, FakeTime? time = null, Action<ILoggingBuilder>? logging = null)
    {
        var hub = new AuthHub();
        var options = new WaggleServerOptions
        {
            Port = 0,
            DataFolder = hub.Folder,
            Auth = new AuthOptions { Tokens = true },
            Time = hub._time = time ?? TimeProvider.System,
            Sqlite = new SqliteStoreOptions { Folder = hub.Folder, Synchronous = SqliteSynchronous.Normal, ReserveBytes = 64 * 1024 },
        };
        hub.Server = await WaggleServer.StartAsync(change?.Invoke(options) ?? options, logging);
        return hub;
    }

    public string Token(string subject, string[]? roles = null, string[]? permissions = null, string[]? swarms = null, string? agent = null, TimeSpan? life = null) =>
        new TokenMint(Folder, create: true).Create(
            new TokenRequest(subject) { Roles = roles ?? [], Permissions = permissions ?? [], Swarms = swarms, Agent = agent, ExpiresIn = life ?? TimeSpan.FromHours(1) },
            _time.GetUtcNow());

    /// <summary>A token that puts and reads memory in namespaces of these names only.</summary>
    public string MemoryToken(string subject, params string[] namespaces) => new TokenMint(Folder, create: true).Create(
        new TokenRequest(subject) { Permissions = ["write:memory"], Namespaces = namespaces, ExpiresIn = TimeSpan.FromHours(1) }, _time.GetUtcNow());

    public string Admin => Token("root", ["admin"]);

    /// <summary>Opens a connection that has sent nothing yet.</summary>
    public async Task<RawClient> ConnectAsync(string? token = null, string query = "")
    {
        var client = await RawClient.ConnectAsync(new UriBuilder(WebSocketUrl) { Query = query }.Uri, o =>
        {
            if (token is not null) o.SetRequestHeader("Authorization", $"Bearer {token}");
        });
        lock (_clients) _clients.Add(client);
        return client;
    }

    /// <summary>Opens a connection and sends hello with a token in it.</summary>
    public async Task<RawClient> ClientAsync(string token, string more = "")
    {
        var client = await ConnectAsync();
        var welcome = await client.HelloAsync($",\"token\":\"{token}\"{more}");
        Assert.True(welcome.Is("welcome"), $"{welcome}");
        return client;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)> SendAsync(HttpMethod method, string path, string? token, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server.Url, path));
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var json = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonDocument.Parse(text).RootElement : default;
        return (response.StatusCode, json, response.Headers);
    }

    /// <summary>Its status, and the code of its error.</summary>
    public async Task<(int Status, string? Code)> StatusAsync(HttpMethod method, string path, string? token, string? body = null)
    {
        var (status, json, _) = await SendAsync(method, path, token, body);
        return ((int)status, json.ValueKind == JsonValueKind.Object && json.TryGetProperty("code", out var code) ? code.GetString() : null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        _http.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
