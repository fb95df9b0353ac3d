using System.Buffers;
using System.Net.WebSockets;

namespace Waggle.Transport;

/// <summary>A wire over the framework's WebSocket class. An idle one holds no receive buffer: it asks for zero bytes until something is there.</summary>
/// <param name="abort">Ends the connection beneath, where the WebSocket's own end does not.</param>
public sealed class WebSocketWire(WebSocket socket, string remoteAddress, int maxMessageBytes, Action? abort = null, WireMetrics? metrics = null) : Wire
{
    private const int FirstBuffer = 4 * 1024;

    // RFC 6455 5.5: a control frame carries at most 125 bytes, 2 of them the code.
    private const int MaxReasonBytes = 123;

    private byte[]? _buffer;
    private bool _skipping;

    public override string RemoteAddress => remoteAddress;

    public override async ValueTask<WireMessage> ReceiveAsync(CancellationToken cancel)
    {
        Return();
        try
        {
            if (_skipping && !await SkipAsync(cancel)) return Closed();
            var first = await socket.ReceiveAsync(Memory<byte>.Empty, cancel);
            if (first.MessageType == WebSocketMessageType.Close) return Closed();
            if (first.EndOfMessage) return Received(first.MessageType, default);
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
            return await ReceiveMessageAsync(cancel);
        }
        catch (Exception e) when (IsGone(e, cancel))
        {
            return Closed();
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        try
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancel);
            metrics?.Sent(text.Length);
        }
        catch (Exception e) when (e is not IOException && IsGone(e, cancel))
        {
            throw new IOException("The connection is gone.", e);
        }
    }

    public override async ValueTask CloseAsync(int code, string reason, CancellationToken cancel)
    {
        // Said already, by the framework itself over a broken frame; an abort could destroy it on its way.
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, Clip(reason), cancel);
        }
        catch (Exception e) when (e is OperationCanceledException || IsGone(e, cancel))
        {
            // It was gone before we could say so; that is what was wanted.
            Abort();
        }
    }

    public override void Abort()
    {
        socket.Abort();
        abort?.Invoke();
    }

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
            if (length > maxMessageBytes)
            {
                _skipping = !part.EndOfMessage;
                Return();
                return new(WireMessageKind.TooBig, default);
            }

            if (part.EndOfMessage) return Received(part.MessageType, _buffer.AsMemory(0, length));
            if (length == _buffer!.Length) Grow(length);
        }
    }

    // The rest of a message that was too big. False: the other side closed.
    private async ValueTask<bool> SkipAsync(CancellationToken cancel)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        while (_skipping)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(), cancel);
            if (part.MessageType == WebSocketMessageType.Close) return false;
            _skipping = !part.EndOfMessage;
        }

        Return();
        return true;
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + 1, Math.Min(_buffer!.Length * 4, maxMessageBytes + 1)));
        _buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private WireMessage Received(WebSocketMessageType type, ReadOnlyMemory<byte> payload)
    {
        metrics?.Received(payload.Length);
        return new(KindOf(type), payload);
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

    private static WireMessageKind KindOf(WebSocketMessageType type) => type == WebSocketMessageType.Text ? WireMessageKind.Text : WireMessageKind.Binary;

    // The framework says "canceled" of an aborted socket too.
    private static bool IsGone(Exception e, CancellationToken cancel) =>
        e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException
        || (e is OperationCanceledException && !cancel.IsCancellationRequested);

    private static string Clip(string reason)
    {
        int bytes = 0, chars = 0;
        foreach (var rune in reason.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxReasonBytes) return reason[..chars];
            chars += rune.Utf16SequenceLength;
        }

        return reason;
    }
}
