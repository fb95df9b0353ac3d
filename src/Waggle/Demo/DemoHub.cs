using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Waggle.Commands.Shared;
using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Server;

namespace Waggle.Demo;

/// <summary>The demo's hub, in this process; its workers and the demo itself come in through its door like anybody else.</summary>
internal sealed class DemoHub : IAsyncDisposable
{
    private readonly WaggleServer _server;

    private DemoHub(WaggleServer server, string data, bool isTemporary)
    {
        _server = server;
        Data = data;
        IsTemporary = isTemporary;
        Url = new Uri(server.Url.GetLeftPart(UriPartial.Authority));
    }

    public Uri Url { get; }

    public string Data { get; }

    public bool IsTemporary { get; }

    public IHive Hive => _server.Hive;

    /// <summary>Faulted when the hub lost its store.</summary>
    public Task Completion => _server.Completion;

    public static async Task<DemoHub> StartAsync(DemoOptions options, CancellationToken cancel)
    {
        var data = options.Data ?? Directory.CreateTempSubdirectory("waggle-demo-").FullName;
        var isTemporary = options.Data is null;
        try
        {
            return new DemoHub(await WaggleServer.StartAsync(new WaggleServerOptions { Port = options.Port, DataFolder = data }, cancel: cancel), data, isTemporary);
        }
        catch (Exception e)
        {
            if (isTemporary) Delete(data);
            if (Problem(e, options.Port) is { } problem) throw new CliException(problem, ExitCodes.Usage, e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (IsTemporary) Delete(Data);
    }

    private static string? Problem(Exception e, int port) => e switch
    {
        IOException { InnerException: AddressInUseException } => $"Port {port} is in use. Choose another with --port (0: any free one).",
        SocketException => $"Cannot listen on port {port}: {e.Message}. Choose another with --port.",
        StoreException or IOException or UnauthorizedAccessException or JsonException or DllNotFoundException => e.Message,
        _ => null,
    };

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"waggle: '{folder}' could not be deleted: {e.Message}");
        }
    }
}
