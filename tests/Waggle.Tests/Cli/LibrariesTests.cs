using System.Net.WebSockets;
using System.Text;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>A hub loads a library when the first client needs it, so an idle hub does not pay for it.</summary>
public sealed class LibrariesTests
{
    [Fact]
    public async Task MessagePack_is_loaded_with_its_first_client()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loaded files are read from /proc.");
        using var folder = new TempFolder();
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", folder.File("data"), "--sync", "normal"]);
        var url = (await hub.Output.WaitAsync("ready "))["ready ".Length..];
        await GreetAsync(url, "waggle.v1", WebSocketMessageType.Text, Encoding.UTF8.GetBytes("""{"type":"hello","protocols":["waggle.v1"]}"""));
        Assert.DoesNotContain("/MessagePack.dll", Loaded(hub.Id), StringComparison.Ordinal);
        Assert.Contains("/Waggle.Dialects.dll", Loaded(hub.Id), StringComparison.Ordinal);

        // {"type": "hello", "protocols": ["waggle.v1"]}
        byte[] hello = [0x82, 0xa4, .. "type"u8, 0xa5, .. "hello"u8, 0xa9, .. "protocols"u8, 0x91, 0xa9, .. "waggle.v1"u8];
        await GreetAsync(url, "waggle.v1+msgpack", WebSocketMessageType.Binary, hello);
        Assert.Contains("/MessagePack.dll", Loaded(hub.Id), StringComparison.Ordinal);
    }

    private static string Loaded(int process) => File.ReadAllText($"/proc/{process}/maps");

    private static async Task GreetAsync(string url, string subprotocol, WebSocketMessageType type, byte[] hello)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(subprotocol);
        await socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/ws/waggle" }.Uri, CancellationToken.None).WaitAsync(Eventually.Patience);
        await socket.SendAsync(hello, type, true, CancellationToken.None).WaitAsync(Eventually.Patience);
        var welcome = await socket.ReceiveAsync(new byte[4096], CancellationToken.None).WaitAsync(Eventually.Patience);
        Assert.Equal(type, welcome.MessageType);
    }
}
