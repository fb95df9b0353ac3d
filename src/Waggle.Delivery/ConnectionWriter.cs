using System.Buffers;
using Waggle.Protocol;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Delivery;

/// <summary>
/// Writes an outbox to a wire. It has no thread: the first caller that requests a flush also writes for the callers that request one meanwhile, and never
/// blocks.
/// </summary>
internal sealed class ConnectionWriter(
    Wire wire, Outbox outbox, CloseSequence close, DeliveryMetrics metrics, IRenderer renderer, IConnectionEvents events) : IThreadPoolWorkItem
{
    // The limit of one write. Larger writes are not faster, and the copy of the rest for a slow client needs more memory.
    private const int MaxWriteBytes = 64 * 1024;

    [ThreadStatic]
    private static List<Entry>? TakenHere;

    // The number of flushes requested since the last write ended. The caller that raises it from 0 writes.
    private int _asked;
    private int _soon;
    private long _messages;
    private long _bytes;

    // Sends the bytes that the wire did not accept at once.
    private Task? _rest;

    /// <summary>Gets or sets the renderer of gap notices. It may change until the first record.</summary>
    public IRenderer Renderer { get; set; } = renderer;

    /// <inheritdoc cref="FrameComposer.Batch" />
    public bool Batch { get; set; }

    /// <inheritdoc cref="FrameComposer.Binary" />
    public bool Binary { get; set; }

    /// <inheritdoc cref="FrameComposer.Stream" />
    public bool Stream { get; set; }

    /// <summary>Gets the number of messages passed to the transport so far.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>Gets the number of bytes passed to the transport so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether a thread writes or is about to write, and does not wait for the client.</summary>
    public bool IsWriting => (Volatile.Read(ref _asked) | Volatile.Read(ref _soon)) != 0 && Volatile.Read(ref _rest) is not { IsCompleted: false };

    /// <summary>Whether the client has not yet accepted the bytes of the last write.</summary>
    public bool IsBlocked => _rest is { IsCompleted: false };

    /// <summary>Returns a task that ends when the client has accepted the bytes of the last write, or when the wire breaks.</summary>
    public Task WhenWritableAsync() => Volatile.Read(ref _rest) is { IsCompleted: false } rest ? rest : YieldAsync();

    /// <summary>Waits until the bytes of the last write are sent, or the wire breaks.</summary>
    public async Task WhenSentAsync()
    {
        if (_rest is not null) await _rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Writes as much of the outbox as the client accepts now. Thread-safe; never blocks and never throws.</summary>
    public void Flush()
    {
        if (Interlocked.Increment(ref _asked) == 1) Write();
    }

    /// <summary>Flushes on a thread of the pool.</summary>
    public void FlushSoon()
    {
        if (Interlocked.Exchange(ref _soon, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc cref="Connection.TryWrite" />
    public bool TryWrite(ReadOnlySpan<byte> frames, int count)
    {
        if (Interlocked.CompareExchange(ref _asked, 1, 0) != 0) return false;
        if (outbox.Count > 0 || close.Reason is not null)
        {
            // The caller's frames may be in this thread's buffer, so another thread writes the outbox.
            Interlocked.Exchange(ref _asked, 0);
            FlushSoon();
            return false;
        }

        try
        {
            Volatile.Write(ref _messages, _messages + count);
            if (!TrySend(frames, count)) return true;
        }
        catch (IOException)
        {
            close.CutOff();
            throw;
        }

        if (Interlocked.CompareExchange(ref _asked, 0, 1) != 1) Write();
        return true;
    }

    void IThreadPoolWorkItem.Execute()
    {
        // A full fence: an entry that is added after it requests another flush.
        Interlocked.Exchange(ref _soon, 0);
        Flush();
    }

    private static async Task YieldAsync() => await Task.Yield();

    private void Write()
    {
        try
        {
            while (true)
            {
                var asked = Volatile.Read(ref _asked);
                if (!WriteAll()) return;
                if (Interlocked.CompareExchange(ref _asked, 0, asked) == asked) return;
            }
        }
        catch (IOException)
        {
            // The wire is broken; its reader detects this, too, and ends the session. The count of flushes stays, so no thread writes again.
            close.CutOff();
        }
    }

    // Returns false if the client does not accept more at the moment. The writing continues when it does.
    private bool WriteAll()
    {
        var taken = TakenHere ??= [];
        while (true)
        {
            events.Writing();

            // Read before the outbox: once there is a reason, no entry is added, so the outbox is then complete.
            var reason = close.Reason;
            taken.Clear();
            var buffer = SendBuffer.Mine;
            if (outbox.Take(taken, Limits.MaxMessagesPerFrame, MaxWriteBytes) > 0) Compose(taken, buffer);
            else if (reason is null || close.IsWritten) return true;
            else Compose(reason, buffer);

            taken.Clear();
            if (!TrySend(buffer.Written, buffer.Frames)) return false;
            if (close.IsWritten) close.Finish();
        }
    }

    private void Compose(List<Entry> taken, SendBuffer buffer)
    {
        var composer = new FrameComposer(buffer, Renderer, metrics) { Batch = Batch, Stream = Stream, Binary = Binary };

        // To continue without a message that cannot be encoded would be a silent loss.
        if (composer.Compose(taken) is { } fault) events.EncodingFailed(fault);
        if (outbox.TakeEpisode() is > 0 and var dropped) events.CaughtUp(dropped);
        Volatile.Write(ref _messages, _messages + taken.Count);
    }

    private void Compose(CloseReason reason, SendBuffer buffer)
    {
        if (!Stream) buffer.Advance(CloseFrame.Write(buffer.GetSpan(FrameHeader.MaxWritten + FrameHeader.MaxControlPayload), reason.Code, reason.Text));
        close.MarkWritten();
    }

    // Returns false if the wire did not accept all bytes. The rest is being sent, and GoOnAsync keeps the right to write.
    private bool TrySend(ReadOnlySpan<byte> bytes, int frames)
    {
        if (wire.Deflates) bytes = FrameDeflater.Mine.Deflate(bytes);
        Volatile.Write(ref _bytes, _bytes + bytes.Length);
        metrics.Sent(frames, bytes.Length);
        var sent = bytes.Length == 0 ? 0 : wire.TrySend(bytes);
        if (sent == bytes.Length) return true;
        var rest = ArrayPool<byte>.Shared.Rent(bytes.Length - sent);
        bytes[sent..].CopyTo(rest);
        var sending = wire.SendAsync(rest.AsMemory(0, bytes.Length - sent)).AsTask();
        if (!sending.IsCompletedSuccessfully)
        {
            _rest = GoOnAsync(sending, rest);
            return false;
        }

        ArrayPool<byte>.Shared.Return(rest);
        return true;
    }

    private async Task GoOnAsync(Task sending, byte[] rest)
    {
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        ArrayPool<byte>.Shared.Return(rest);
        if (!sending.IsCompletedSuccessfully)
        {
            close.CutOff();
            return;
        }

        if (close.IsWritten) close.Finish();
        Write();
    }
}
