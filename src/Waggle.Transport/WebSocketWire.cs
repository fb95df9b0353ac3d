using System.Buffers;
using System.Net.WebSockets;
using System.Text;

namespace Waggle.Transport;

/// <summary>A wire over the framework's WebSocket class. An idle one holds no receive buffer: it asks for zero bytes until something is there.</summary>
public sealed class WebSocketWire(WebSocket socket, string remoteAddress, int maxMessageBytes) : Wire
{
    private const int FirstBuffer = 4 * 1024;

    // RFC 6455 5.5: a control frame carries at most 125 bytes, 2 of them the code.
    private const int MaxReasonBytes = 123;

    private byte[]? _buffer;

    public override string RemoteAddress => remoteAddress;

    public override async ValueTask<WireMessage> ReceiveAsync(CancellationToken cancel)
    {
        Return();
        try
        {
            var first = await socket.ReceiveAsync(Memory<byte>.Empty, cancel);
            if (first.MessageType == WebSocketMessageType.Close) return Closed();
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
            return await ReceiveMessageAsync(cancel);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return Closed();
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        try
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancel);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("The connection is gone.", e);
        }
    }

    public override async ValueTask CloseAsync(int code, string reason, CancellationToken cancel)
    {
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, Clip(reason), cancel);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // It was gone before we could say so; that is what was wanted.
            socket.Abort();
        }
    }

    public override void Abort() => socket.Abort();

    public override ValueTask DisposeAsync()
    {
        Return();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<WireMessage> ReceiveMessageAsync(CancellationToken cancel)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancel);
            if (part.MessageType == WebSocketMessageType.Close) return Closed();
            length += part.Count;
            if (length > maxMessageBytes) return new(WireMessageKind.TooBig, default);
            if (part.EndOfMessage)
                return new(part.MessageType == WebSocketMessageType.Text ? WireMessageKind.Text : WireMessageKind.Binary, _buffer.AsMemory(0, length));
            if (length == _buffer!.Length) Grow(length);
        }
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer!.Length * 4);
        _buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private WireMessage Closed()
    {
        Return();
        return new(WireMessageKind.Closed, default);
    }

    private void Return()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    private static string Clip(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes) reason = reason[..^1];
        return reason;
    }
}
