using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Waggle.Core.Ports;
using Waggle.Server;
using Waggle.Survey.Demo;
using Waggle.Survey.State;

namespace Waggle.Commands;

/// <summary>The demo's hub, in this process; its workers and the demo itself are clients like any other.</summary>
internal sealed class DemoHub : IDemoHub
{
    private readonly WaggleServer _server;

    private DemoHub(WaggleServer server)
    {
        _server = server;
        Url = new Uri(server.Url.GetLeftPart(UriPartial.Authority));
    }

    public Uri Url { get; }

    public Task Completion => _server.Completion;

    public static async Task<IDemoHub> StartAsync(int port, string data, CancellationToken cancel)
    {
        try
        {
            return new DemoHub(await WaggleServer.StartAsync(new WaggleServerOptions { Port = port, DataFolder = data }, cancel: cancel));
        }
        catch (Exception e) when (Problem(e, port) is { } problem)
        {
            throw new SurveyException(problem, isUsage: true, e);
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string? Problem(Exception e, int port) => e switch
    {
        IOException { InnerException: AddressInUseException } => $"Port {port} is in use. Choose another with --port (0: any free one).",
        SocketException => $"Cannot listen on port {port}: {e.Message}. Choose another with --port.",
        StoreException or IOException or UnauthorizedAccessException or JsonException or DllNotFoundException => e.Message,
        _ => null,
    };
}
