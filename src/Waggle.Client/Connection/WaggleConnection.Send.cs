using System.Net.WebSockets;
using Waggle.Protocol;

namespace Waggle.Client;

public sealed partial class WaggleConnection
{
    private async Task WriteLoopAsync(WebSocket socket, List<Request> again, CancellationToken cancel)
    {
        using var frame = new FrameBuilder(Math.Min(Welcome!.MaxMessageBytes, Limits.MaxMessageBytes), Reject);
        foreach (var request in again)
        {
            if (!frame.TryAdd(request)) await FlushAsync(socket, frame, cancel);
        }

        await FlushAllAsync(socket, frame, cancel);
        while (await _queue.Reader.WaitToReadAsync(cancel))
        {
            // One turn of the thread pool: whoever is about to queue something does so first, and shares the frame.
            await Task.Yield();
            while (_queue.Reader.TryRead(out var request))
            {
                if (!request.Abandoned && !frame.TryAdd(request)) await FlushAsync(socket, frame, cancel);
            }

            await FlushAllAsync(socket, frame, cancel);
        }

        // The queue is closed: the owner left.
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
    }

    private void Reject(Request request, WaggleException reason)
    {
        Forget(request);
        request.Failed(reason);
    }

    private static async ValueTask FlushAllAsync(WebSocket socket, FrameBuilder frame, CancellationToken cancel)
    {
        while (frame.Count > 0) await FlushAsync(socket, frame, cancel);
    }

    private static async ValueTask FlushAsync(WebSocket socket, FrameBuilder frame, CancellationToken cancel)
    {
        await socket.SendAsync(frame.Seal(), WebSocketMessageType.Text, endOfMessage: true, cancel);
        frame.Next();
    }
}
