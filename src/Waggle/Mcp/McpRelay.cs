using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Waggle.Shared;

namespace Waggle.Mcp;

/// <summary>
/// An MCP server on standard input and output whose tools are those of a hub: it passes each request on to <c>/mcp</c> of the hub. The hub has the only
/// definition of the tools, and decides by the token.
/// </summary>
/// <param name="endpoint">The MCP endpoint of the hub.</param>
internal sealed class McpRelay(Uri endpoint, Uri hub, string? token) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private McpClient? _client;

    /// <summary>Serves until standard input ends.</summary>
    public async Task RunAsync(string version, CancellationToken cancel)
    {
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "waggle", Version = version },
            ServerInstructions = $"The tools of the Waggle hub at {Failures.Authority(hub)}. An error says in 'next' what to do.",
            Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
        };
        options.Handlers.ListToolsHandler = (request, stop) => new(ListAsync(request.Params, stop));
        options.Handlers.CallToolHandler = (request, stop) => new(CallAsync(request.Params!, stop));
        await using var transport = new StdioServerTransport(options, NullLoggerFactory.Instance);
        await using var server = McpServer.Create(transport, options, NullLoggerFactory.Instance, serviceProvider: null);
        await server.RunAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        _connecting.Dispose();
    }

    private async Task<ListToolsResult> ListAsync(ListToolsRequestParams? request, CancellationToken cancel)
    {
        try
        {
            return await (await ConnectAsync(cancel)).ListToolsAsync(new ListToolsRequestParams { Cursor = request?.Cursor }, cancel);
        }
        catch (HttpRequestException e)
        {
            var trouble = HubTrouble.Of(e, hub);
            throw new McpProtocolException($"{trouble.Message} {trouble.Next}", e, McpErrorCode.InternalError);
        }
    }

    private async Task<CallToolResult> CallAsync(CallToolRequestParams request, CancellationToken cancel)
    {
        try
        {
            return await (await ConnectAsync(cancel)).CallToolAsync(new CallToolRequestParams { Name = request.Name, Arguments = request.Arguments }, cancel);
        }
        catch (HttpRequestException e)
        {
            return HubTrouble.Of(e, hub).Result();
        }
    }

    // The hub keeps nothing between two requests, so one client outlives restarts of the hub. A hub that is away now may be there for the next request.
    private async Task<McpClient> ConnectAsync(CancellationToken cancel)
    {
        if (_client is { } known) return known;
        await _connecting.WaitAsync(cancel);
        try
        {
            return _client ??= await McpClient.CreateAsync(new HttpClientTransport(Options()), cancellationToken: cancel);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private HttpClientTransportOptions Options()
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (token is not null) headers[nameof(HttpRequestHeader.Authorization)] = $"Bearer {token}";
        return new HttpClientTransportOptions
        {
            Endpoint = endpoint,
            Name = "waggle",
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = headers,
            EnableStandaloneGetStream = false,
            OwnsSession = false,
        };
    }
}
