using System.Text.Json;
using SocketIOClient.Transport;
using Foreign = SocketIOClient;

namespace Waggle.SocketIO.Tests.Interop;

/// <summary>The NuGet package SocketIOClient.</summary>
public sealed class DotNetClientTests
{
    [Theory]
    [InlineData(TransportProtocol.WebSocket)]
    [InlineData(TransportProtocol.Polling)]
    public async Task The_NET_client_passes_all_checks(TransportProtocol transport)
    {
        await using var server = await InteropServer.StartAsync();
        using var client = new Foreign.SocketIO(server.Url, new Foreign.SocketIOOptions { Transport = transport, Auth = new Dictionary<string, string> { ["token"] = "net" }, AutoUpgrade = false, EIO = 4 });
        var back = new TaskCompletionSource<Foreign.SocketIOResponse>();
        client.On("back", back.SetResult);
        client.On("question", async question => await question.CallbackAsync(question.GetValue<int>(0) + question.GetValue<int>(1)));

        // Its own task ends before it has joined a namespace.
        var joined = new TaskCompletionSource<bool>();
        client.OnConnected += (_, _) => joined.TrySetResult(true);
        await client.ConnectAsync().WaitAsync(Eventually.Patience);
        await Eventually.Get(joined.Task, "the connect");
        Assert.Equal("net", (await AskAsync(client, "auth")).GetValue<JsonElement>().GetProperty("token").GetString());
        await client.EmitAsync("echo", "é", 1, new byte[] { 1, 2 });
        var echo = await Eventually.Get(back.Task);
        Assert.Equal(("é", 1), (echo.GetValue<string>(0), echo.GetValue<int>(1)));
        Assert.Equal([1, 2], echo.GetValue<byte[]>(2));
        Assert.Equal(5, (await AskAsync(client, "ask me", 2, 3)).GetValue<int>());
        await client.DisconnectAsync();
        await Eventually.Async(() => server.Io.FetchSockets().Count == 0);
    }

    private static async Task<Foreign.SocketIOResponse> AskAsync(Foreign.SocketIO client, string name, params object[] args)
    {
        var answer = new TaskCompletionSource<Foreign.SocketIOResponse>();
        await client.EmitAsync(name, answer.SetResult, args);
        return await Eventually.Get(answer.Task, $"an answer to {name}");
    }
}
