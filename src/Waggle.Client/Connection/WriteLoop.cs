using System.Net.WebSockets;
using Waggle.Protocol;

namespace Waggle.Client;

/// <summary>Writes requests to one socket. All requests that queued up during a write go into the next frame.</summary>
/// <param name="maxMessageBytes">The longest frame that the hub reads.</param>
internal sealed class WriteLoop(WebSocket socket, RequestTable requests, int maxMessageBytes) : IDisposable
{
    private readonly FrameBuilder _frame = new(Math.Min(maxMessageBytes, Limits.MaxMessageBytes), requests.Reject);

    /// <summary>Runs until the connection ends, and then sends the close frame.</summary>
    /// <param name="again">The requests of an earlier socket, written before the queue.</param>
    public async Task RunAsync(List<Request> again, CancellationToken cancel)
    {
        foreach (var request in again)
        {
            if (!_frame.TryAdd(request)) await FlushAsync(cancel);
        }

        await FlushAllAsync(cancel);
        while (await requests.Queue.WaitToReadAsync(cancel))
        {
            // The yield gives callers that are about to queue a request the chance to share the frame.
            await Task.Yield();
            while (requests.Queue.TryRead(out var request))
            {
                if (!request.Abandoned && !_frame.TryAdd(request)) await FlushAsync(cancel);
            }

            await FlushAllAsync(cancel);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
    }

    public void Dispose() => _frame.Dispose();

    private async ValueTask FlushAllAsync(CancellationToken cancel)
    {
        while (_frame.Count > 0) await FlushAsync(cancel);
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        await socket.SendAsync(_frame.Seal(), WebSocketMessageType.Text, endOfMessage: true, cancel);
        _frame.Next();
    }
}
