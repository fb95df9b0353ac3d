using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Spec;

/// <summary>
/// One connection of a scenario. It sends frames exactly as written and keeps the messages in their order. Messages to the connection alone and records for
/// subscribers have two orders, because a reply and the records of the same command race.
/// </summary>
internal sealed class SpecClient : IDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<JsonNode> _said = Channel.CreateUnbounded<JsonNode>();
    private readonly Channel<JsonNode> _delivered = Channel.CreateUnbounded<JsonNode>();
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
                message = await (IsDelivered(wanted) ? _delivered : _said).Reader.ReadAsync().AsTask().WaitAsync(Patience);
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
        if (Unread() is { } unread) throw new InvalidOperationException($"before the close came {unread.ToJsonString()}");
        return code;
    }

    /// <summary>Returns a message that no step of the scenario has read, except the periodic ones.</summary>
    public JsonNode? Unread()
    {
        if (_said.Reader.TryRead(out var message)) return message;
        while (_delivered.Reader.TryRead(out message))
        {
            if ((string?)message["type"] != "position") return message;
        }

        return null;
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
                foreach (var message in json is JsonArray array ? array.ToArray() : [json])
                    (IsDelivered((string?)message!["type"]) ? _delivered : _said).Writer.TryWrite(message);
            }

            End((int)_socket.CloseStatus!.Value);
            if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            End(1006);
        }
    }

    private void End(int code)
    {
        _said.Writer.TryComplete();
        _delivered.Writer.TryComplete();
        _closed.TrySetResult(code);
    }

    private static bool IsDelivered(string? type) => type is "record" or "gap" or "position";
}
