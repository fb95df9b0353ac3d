using System.Buffers;
using Waggle.Transport.Wires;

namespace Waggle.Transport.WebSockets;

/// <summary>Reads the messages of one client from its wire. One reader at a time may use it.</summary>
public sealed class WebSocketReader(Wire wire, int maxMessageBytes, WireMetrics? metrics = null) : IDisposable
{
    private readonly MessageDecoder _decoder = new(maxMessageBytes, wire.Deflates);
    private ReadOnlySequence<byte> _bytes;
    private bool _reading;
    private bool _ended;
    private int _messages;

    /// <summary>The number of complete frames since the last wait: messages, pings and pongs.</summary>
    public int FramesRead { get; private set; }

    /// <summary>The number of bytes that the last wait returned, framing included.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Returns the next message if it has arrived; <see cref="WireMessageKind.None"/> if not.</summary>
    public WireMessage TryRead()
    {
        while (!_bytes.IsEmpty)
        {
            var piece = _bytes.FirstSpan;
            if (piece.IsEmpty)
            {
                // A sequence may begin with an empty piece, and a slice from its start would keep it for ever.
                var next = _bytes.Start;
                _bytes.TryGet(ref next, out _);
                _bytes = _bytes.Slice(next);
                continue;
            }

            var rest = piece;
            var message = _decoder.Read(ref rest);
            _bytes = _bytes.Slice(piece.Length - rest.Length);
            if (message.Kind == WireMessageKind.None) continue;
            FramesRead++;
            if (message.Kind is WireMessageKind.Text or WireMessageKind.Binary) _messages++;
            return message;
        }

        _decoder.Release();
        return default;
    }

    /// <summary>
    /// Waits for more bytes. Returns false if none will come, or if <see cref="System.IO.Pipelines.PipeReader.CancelPendingRead"/> of the wire ended the wait.
    /// </summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancel = default)
    {
        if (_ended) return false;
        Count();
        try
        {
            if (_reading) wire.Input.AdvanceTo(_bytes.End);
            _reading = false;
            var result = await wire.Input.ReadAsync(cancel);
            _bytes = result.Buffer;
            BytesRead = _bytes.Length;
            _reading = true;
            _ended = result.IsCanceled || (result.IsCompleted && _bytes.IsEmpty);
            return !_ended;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // To the reader, a reset, an abort and a disposal are the same.
            _ended = true;
            _bytes = default;
            return false;
        }
    }

    /// <summary>Waits for the next message and returns it; <see cref="WireMessageKind.Gone"/> if none will come.</summary>
    public async ValueTask<WireMessage> ReadAsync(CancellationToken cancel = default)
    {
        while (true)
        {
            var message = TryRead();
            if (message.Kind != WireMessageKind.None) return message;
            if (!await WaitAsync(cancel)) return new(WireMessageKind.Gone);
        }
    }

    /// <summary>
    /// Reads after the server's close until the client's close or the end, and discards the messages before it. The server then closes TCP at once (RFC 6455
    /// 5.5.1).
    /// </summary>
    public async ValueTask DiscardToCloseAsync()
    {
        while ((await ReadAsync()).Kind is not (WireMessageKind.Close or WireMessageKind.Gone or WireMessageKind.Violation))
        {
        }
    }

    /// <summary>
    /// Reads and discards the remaining input to the end after a violation. The server examines none of it, not even a close (RFC 6455 7.1.7). The operating
    /// system resets a socket that is closed over unread bytes, and the reset can overtake the close that was sent.
    /// </summary>
    public async ValueTask DrainAsync()
    {
        do _bytes = _bytes.Slice(_bytes.End);
        while (await WaitAsync());
    }

    public void Dispose()
    {
        Count();
        _decoder.Dispose();
    }

    private void Count()
    {
        if (BytesRead > 0) metrics?.Received(_messages, BytesRead);
        (_messages, FramesRead, BytesRead) = (0, 0, 0);
    }
}
