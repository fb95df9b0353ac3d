using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Waggle.Storage.Sqlite;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>A real hub on a free port, spoken to as curl would.</summary>
internal sealed class RestHub : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("waggle-rest-").FullName;

    public string Folder => _folder;

    public WaggleServer Server { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    private Func<WaggleServerOptions, WaggleServerOptions>? _change;

    public static async Task<RestHub> StartAsync(Func<WaggleServerOptions, WaggleServerOptions>? change = null)
    {
        var hub = new RestHub { _change = change };
        await hub.OpenAsync();
        return hub;
    }

    private async Task OpenAsync()
    {
        var options = new WaggleServerOptions
        {
            Port = 0,
            DataFolder = _folder,

            // Readings would come between the records that other tests wait for, so a test that needs them turns them on.
            Insight = new() { Interval = TimeSpan.Zero },
            Sqlite = new SqliteStoreOptions { Folder = _folder, Synchronous = SqliteSynchronous.Normal, ReserveBytes = 64 * 1024 },
        };
        Server = await WaggleServer.StartAsync(_change?.Invoke(options) ?? options);
        Http = new HttpClient { BaseAddress = Server.Url, Timeout = Eventually.Patience };
    }

    /// <summary>Ends the hub and starts another on its folder.</summary>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        Http.Dispose();
        await Server.DisposeAsync();
        meanwhile?.Invoke();
        await OpenAsync();
    }

    public async Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => await SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<Answer> PostAsync(string path, string body = "", params (string Name, string Value)[] headers) => await SendAsync(HttpMethod.Post, path, body, headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Creates a task and gives its id.</summary>
    public async Task<string> CreateAsync(string title, string more = "")
    {
        var created = await PostAsync("/api/v1/tasks", $$"""{"title":"{{title}}"{{more}}}""");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        return created.Text("id");
    }

    /// <summary>Polls for one task and returns its id and the proof that its worker sends with every request.</summary>
    public async Task<(string Task, string Proof)> LeaseAsync(string agent, int waitMs = 10_000)
    {
        var polled = await PostAsync("/api/v1/leases", $$"""{{{Who(agent)}},"wait_ms":{{waitMs}}}""");
        Assert.Equal(HttpStatusCode.OK, polled.Status);
        var lease = polled.Body["leases"]![0]!;
        return ((string)lease["task"]!, $"{Who(agent)},\"attempt\":{lease["attempt"]},\"token\":{lease["token"]}");
    }

    public static string Who(string agent) => $"\"agent\":\"{agent}\",\"secret\":\"the secret of {agent}\"";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal sealed record Answer(HttpStatusCode Status, JsonObject Body, IReadOnlyDictionary<string, string> Headers)
{
    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Answer(
            response.StatusCode,
            isJson ? JsonNode.Parse(text)!.AsObject() : [],
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    public string Text(string field) => (string)Body[field]!;

    public string Position => Headers["Waggle-Position"];

    /// <summary>That it is problem+json with this status and code.</summary>
    public Answer IsProblem(int status, string code)
    {
        Assert.Equal((status, code), ((int)Status, (string?)Body["code"]));
        Assert.Equal("application/problem+json", Headers["Content-Type"]);
        Assert.Equal(status, (int)Body["status"]!);
        Assert.NotEmpty(Text("detail"));
        Assert.NotEmpty(Text("title"));
        return this;
    }

    public Answer Is(int status)
    {
        Assert.True(status == (int)Status, $"{(int)Status} {Body.ToJsonString()}");
        return this;
    }
}
