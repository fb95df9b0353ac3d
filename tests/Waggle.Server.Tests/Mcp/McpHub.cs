using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Waggle.Client;
using Waggle.Server.Tests.Api;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Mcp;

/// <summary>A client of the library, connected to a hub over HTTP.</summary>
internal sealed class McpHub(RestHub hub, McpClient client) : IAsyncDisposable
{
    public RestHub Hub => hub;

    public McpClient Client => client;

    public static async Task<McpHub> StartAsync(Func<WaggleServerOptions, WaggleServerOptions>? change = null)
    {
        var hub = await RestHub.StartAsync(change);
        return new(hub, await ConnectAsync(hub));
    }

    public static async Task<McpClient> ConnectAsync(RestHub hub, string path = "/mcp", string? token = null)
    {
        var headers = new Dictionary<string, string>();
        if (token is not null) headers["Authorization"] = $"Bearer {token}";
        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri(hub.Server.Url, path),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = headers,
            ConnectionTimeout = Eventually.Patience,
        };
        return await McpClient.CreateAsync(new HttpClientTransport(options)).WaitAsync(Eventually.Patience);
    }

    /// <summary>A worker of this process.</summary>
    public Task<WaggleWorker> WorkAsync(string agent, Func<TaskWork, CancellationToken, ValueTask<Waggle.Protocol.Json.RawJson>> run) =>
        WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = hub.Server.Url, AgentId = agent, Slots = 10, ConnectTimeout = Eventually.Patience }, run);

    /// <summary>Calls a tool that succeeds.</summary>
    public Task<JsonObject> CallAsync(string tool, object? arguments = null) => CallAsync(client, tool, arguments);

    public static async Task<JsonObject> CallAsync(McpClient client, string tool, object? arguments = null)
    {
        var (answer, isError) = await SendAsync(client, tool, arguments);
        Assert.False(isError, answer.ToJsonString());
        return answer;
    }

    /// <summary>Calls a tool that fails, and returns the code, the message and the next step.</summary>
    public Task<(string Code, string Message, string Next)> FailAsync(string tool, object? arguments = null) => FailAsync(client, tool, arguments);

    public static async Task<(string Code, string Message, string Next)> FailAsync(McpClient client, string tool, object? arguments = null)
    {
        var (answer, isError) = await SendAsync(client, tool, arguments);
        Assert.True(isError, answer.ToJsonString());
        return ((string)answer["error"]!["code"]!, (string)answer["error"]!["message"]!, (string)answer["next"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await hub.DisposeAsync();
    }

    private static async Task<(JsonObject Answer, bool IsError)> SendAsync(McpClient client, string tool, object? arguments)
    {
        var values = arguments as IReadOnlyDictionary<string, object?>
            ?? arguments?.GetType().GetProperties().ToDictionary(p => p.Name, p => p.GetValue(arguments));
        var result = await client.CallToolAsync(tool, values).AsTask().WaitAsync(Eventually.Patience);
        var text = Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(text) <= 8 * 1024, $"{tool} answered with {text.Length} characters.");
        return (JsonNode.Parse(text)!.AsObject(), result.IsError == true);
    }
}
