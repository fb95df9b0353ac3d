using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using Waggle.Agents.Models;
using Waggle.Client;

namespace Waggle.Models.Tools;

/// <summary>The tools of one attempt, with the connections to their servers. A server that is a program runs for one attempt.</summary>
internal sealed partial class ToolBox : IAsyncDisposable
{
    // Of a name of a tool with its server, by all three providers.
    private const int MaxName = 64;

    private static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(2);

    private readonly List<McpClient> _servers = [];
    private readonly Dictionary<string, McpClientTool> _tools = new(StringComparer.Ordinal);

    private ToolBox()
    {
    }

    public IList<AITool> All => [.. _tools.Values];

    /// <exception cref="TaskFailedException">A server did not start.</exception>
    public static async Task<ToolBox> OpenAsync(ModelAgentOptions options, CancellationToken cancel)
    {
        var box = new ToolBox();
        try
        {
            foreach (var server in options.Servers) await box.AddAsync(server, options.ServerVariables, cancel);
            return box;
        }
        catch
        {
            await box.DisposeAsync();
            throw;
        }
    }

    /// <returns>The tool; null if there is none of the name.</returns>
    public McpClientTool? Find(string name) => _tools.GetValueOrDefault(name);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private async Task AddAsync(McpServerSpec server, IReadOnlyDictionary<string, string> variables, CancellationToken cancel)
    {
        try
        {
            var client = await McpClient.CreateAsync(Transport(server, variables), cancellationToken: cancel);
            _servers.Add(client);
            foreach (var tool in await client.ListToolsAsync(cancellationToken: cancel))
            {
                var name = Unusable().Replace($"{server.Name}__{tool.Name}", "_");
                if (name.Length > MaxName || !_tools.TryAdd(name, tool.WithName(name)))
                    throw new TaskFailedException(ModelCodes.ToolsUnavailable, $"The tool {tool.Name} of the MCP server {server.Name} has a name that is too long, or there twice.");
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or McpException or TimeoutException or System.ComponentModel.Win32Exception)
        {
            throw new TaskFailedException(ModelCodes.ToolsUnavailable, $"The MCP server {server.Name} is not usable: {e.Message}", inner: e);
        }
    }

    private static IClientTransport Transport(McpServerSpec server, IReadOnlyDictionary<string, string> variables)
    {
        if (server.Url is { } url)
        {
            return new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = url,
                Name = server.Name,
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string>(server.Headers, StringComparer.Ordinal),
            });
        }

        var all = variables.ToDictionary(v => v.Key, v => (string?)v.Value, StringComparer.Ordinal);
        foreach (var (name, value) in server.Variables) all[name] = value;
        return new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = server.Name,
            Command = server.Command!,
            Arguments = [.. server.Arguments],
            // The worker's environment has the key of the provider, which a tool could print.
            InheritEnvironmentVariables = false,
            EnvironmentVariables = all,
            ShutdownTimeout = Shutdown,
        });
    }

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex Unusable();
}
