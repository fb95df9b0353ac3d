using System.Buffers;
using Waggle.Transport.Wires;

namespace Waggle.Transport.WebSockets;

/// <summary>The messages of one client, read from its wire. One reader at a time.</summary>
public sealed class WebSocketReader(Wire wire, int maxMessageBytes, WireMetrics? metrics = null) : IDisposable
{
    private readonly MessageDecoder _decoder = new(maxMessageBytes);
    private ReadOnlySequence<byte> _bytes;
    private bool _reading;
    private bool _ended;
    private int _messages;

    /// <summary>Frames that came whole since the last wait: messages, pings and pongs.</summary>
    public int FramesRead { get; private set; }

    /// <summary>Bytes that the last wait gave, framing included.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next message if it is there already; <see cref="WireMessageKind.None"/> if not.</summary>
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
    /// Waits for more bytes. False: there will be none, or the wait was ended by <see cref="System.IO.Pipelines.PipeReader.CancelPendingRead"/> of the wire.
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
            // Reset, aborted or disposed: to the reader it is all the same.
            _ended = true;
            _bytes = default;
            return false;
        }
    }

    /// <summary>The next message, when it comes. <see cref="WireMessageKind.Gone"/> when none will.</summary>
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
    /// After a close of ours: reads until the client's close or the end, and discards what comes before. The server closes TCP then, at once (RFC 6455 5.5.1).
    /// </summary>
    public async ValueTask DiscardToCloseAsync()
    {
        while ((await ReadAsync()).Kind is not (WireMessageKind.Close or WireMessageKind.Gone or WireMessageKind.Violation))
        {
        }
    }

    /// <summary>
    /// After a violation: reads what still comes and discards it, to the end. Nothing in it is looked at any more, a close neither (RFC 6455 7.1.7). A
    /// socket that is closed over unread bytes is reset, and the reset can overtake the close that was sent.
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
