using System.Net.WebSockets;
using System.Text;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Samples;

public sealed class HostSampleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_application_with_a_hub_runs_a_task_with_its_own_worker()
    {
        await using var app = SampleProcess.Project("Embedding", null, _folder.Root, "--urls", "http://127.0.0.1:0", "--Data", _folder.File("data"));
        var url = await AddressAsync(app);
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri(url, "/waggle") });
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "Shout", Type = "upper", Input = RawJson.Parse("\"bees\"") });
        var done = await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience);
        Assert.Equal((TaskState.Completed, "\"BEES\""), (done.State, done.Result.ToString()));
        Assert.True(File.Exists(_folder.File("data/waggle.db")));
    }

    [Fact]
    public async Task The_chat_sends_what_is_said_to_the_clients_of_the_room()
    {
        await using var app = SampleProcess.Project("Chat", null, _folder.Root, "--urls", "http://127.0.0.1:0");
        var url = await AddressAsync(app);
        using var http = new HttpClient();
        Assert.Contains("/socket.io/socket.io.js", await http.GetStringAsync(url), StringComparison.Ordinal);

        using var ann = await ConnectAsync(url);
        using var bob = await ConnectAsync(url);
        await SendAsync(bob, "421[\"join\",\"lobby\"]");
        Assert.Equal("431[\"joined lobby\"]", await ReadAsync(bob));
        await SendAsync(ann, "42[\"say\",\"lobby\",\"hello\"]");
        Assert.Matches("^42\\[\"said\",\"[^\"]+\",\"hello\"\\]$", await ReadAsync(bob));
    }

    // A client of Socket.IO: the handshake of Engine.IO, then of the main namespace.
    private static async Task<ClientWebSocket> ConnectAsync(Uri url)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{url.Port}/socket.io/?EIO=4&transport=websocket"), TestContext.Current.CancellationToken);
        Assert.StartsWith("0{", await ReadAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, "40");
        Assert.StartsWith("40{", await ReadAsync(socket), StringComparison.Ordinal);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string packet) => socket.SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    private static async Task<string> ReadAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, got.Count);
    }

    private static async Task<Uri> AddressAsync(SampleProcess app)
    {
        const string before = "Now listening on: ";
        var line = await app.Output.WaitAsync(before);
        return new Uri(line[(line.IndexOf(before, StringComparison.Ordinal) + before.Length)..].Trim());
    }
}
