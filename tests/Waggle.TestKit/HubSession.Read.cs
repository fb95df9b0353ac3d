using System.Net.Sockets;
using System.Net.WebSockets;
using Waggle.Protocol.Messages;

namespace Waggle.TestKit;

public sealed partial class HubSession
{
    private async Task RunAsync()
    {
        try
        {
            if (await Upgrade.AcceptAsync(_client.GetStream(), _hub.HttpStatus) is not { } upgraded) return;
            (_socket, Head) = upgraded;
            await ReadAsync(_socket);
        }
        catch (Exception e) when (e is WebSocketException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of the two sides cut the connection.
        }
        finally
        {
            _incoming.Writer.TryComplete();
            _client.Dispose();
        }
    }

    private async Task ReadAsync(WebSocket socket)
    {
        var buffer = new byte[4 * 1024 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(1000);
                return;
            }

            length += part.Count;
            if (!part.EndOfMessage) continue;
            LongestFrame = Math.Max(LongestFrame, length);
            var messages = new List<ClientMessage>();
            ProtocolError? problem = null;
            MessageCodec.ReadClient(buffer.AsSpan(0, length), messages.Add, e => problem ??= e);
            length = 0;
            Frames.Enqueue(messages);
            if (problem is not null) await SendAsync(new ErrorMessage { Id = problem.Id, Code = problem.Code, Message = problem.Message });
            foreach (var message in messages) await TakeAsync(message);
        }
    }

    private async Task TakeAsync(ClientMessage message)
    {
        if (message is Hello hello)
        {
            Hello = hello;
            if (_hub.GreetingFor(this, hello) is { } greeting) await SendAsync(greeting);
            _hub.Opened(this);
            return;
        }

        if (_hub.Auto?.Invoke(message) is { } answer) await SendAsync(answer);
        else _incoming.Writer.TryWrite(message);
    }
}
