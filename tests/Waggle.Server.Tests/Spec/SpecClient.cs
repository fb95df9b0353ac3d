using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Waggle.Server.Tests.Spec;

/// <summary>One connection of a scenario: sends frames as they are written and keeps the messages that come, in their order.</summary>
internal sealed class SpecClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<JsonNode> _received = Channel.CreateUnbounded<JsonNode>();
    private readonly TaskCompletionSource<int> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => !_closed.Task.IsCompleted;

    public bool Greeted { get; private set; }

    public static async Task<SpecClient> ConnectAsync(Uri hub)
    {
        var client = new SpecClient();
        await client._socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws", Path = "/ws/waggle" }.Uri, CancellationToken.None).WaitAsync(Patience);
        _ = Task.Run(client.ReadAsync);
        return client;
    }

    public Task SendAsync(string frame) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, CancellationToken.None).WaitAsync(Patience);

    /// <summary>The next message; those that come by the clock are passed over unless one is wanted.</summary>
    public async Task<JsonNode> NextAsync(string wanted)
    {
        while (true)
        {
            JsonNode message;
            try
            {
                message = await _received.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            }
            catch (ChannelClosedException)
            {
                throw new InvalidOperationException($"the hub closed with {await _closed.Task} before a {wanted} came");
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"no {wanted} came");
            }

            var type = (string?)message["type"];
            if (type == "welcome") Greeted = true;
            if (type != "position" || wanted == "position") return message;
        }
    }

    public async Task<int> ClosedAsync()
    {
        var code = await _closed.Task.WaitAsync(Patience);
        if (await _received.Reader.WaitToReadAsync()) throw new InvalidOperationException($"before the close came {await _received.Reader.ReadAsync()}");
        return code;
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var frame = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) break;
                frame.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage) continue;
                var json = JsonNode.Parse(frame.ToArray())!;
                frame.SetLength(0);
                foreach (var message in json is JsonArray array ? array.ToArray() : [json]) _received.Writer.TryWrite(message!);
            }

            _received.Writer.TryComplete();
            _closed.TrySetResult((int)_socket.CloseStatus!.Value);
            if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            _received.Writer.TryComplete();
            _closed.TrySetResult(1006);
        }
    }
}
