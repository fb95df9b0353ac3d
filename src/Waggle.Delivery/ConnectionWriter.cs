using System.Buffers;
using Waggle.Protocol;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Delivery;

/// <summary>
/// Writes an outbox to a wire. It has no thread: the first caller that asks for a flush writes for all that ask meanwhile, and never blocks.
/// </summary>
internal sealed class ConnectionWriter(
    Wire wire, Outbox outbox, CloseSequence close, DeliveryMetrics metrics, IRenderer renderer, IConnectionEvents events) : IThreadPoolWorkItem
{
    // The limit of one write: larger writes gain nothing, and a slow client's copy of them is memory.
    private const int MaxWriteBytes = 64 * 1024;

    [ThreadStatic]
    private static List<Entry>? TakenHere;

    // The flushes that were asked for since the last write ended. The caller that raises it from 0 writes.
    private int _asked;
    private int _soon;
    private long _messages;
    private long _bytes;

    // The bytes that the wire did not take at once, under way.
    private Task? _rest;

    /// <summary>It may change until the first record.</summary>
    public IRenderer Renderer { get; set; } = renderer;

    /// <inheritdoc cref="FrameComposer.Batch" />
    public bool Batch { get; set; }

    /// <inheritdoc cref="FrameComposer.Stream" />
    public bool Stream { get; set; }

    /// <summary>Messages handed to the transport so far.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>Bytes handed to the transport so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>A thread writes or is about to, and does not wait for the client.</summary>
    public bool IsWriting => (Volatile.Read(ref _asked) | Volatile.Read(ref _soon)) != 0 && Volatile.Read(ref _rest) is not { IsCompleted: false };

    /// <summary>The client has not taken yet the bytes of the last write.</summary>
    public bool IsBlocked => _rest is { IsCompleted: false };

    /// <summary>Ends when the client has taken the bytes under way to it, or is gone.</summary>
    public Task WhenWritableAsync() => Volatile.Read(ref _rest) is { IsCompleted: false } rest ? rest : YieldAsync();

    /// <summary>Waits for the bytes under way.</summary>
    public async Task WhenSentAsync()
    {
        if (_rest is not null) await _rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Writes the outbox, as much as the client takes now. From any thread; never blocks and never throws.</summary>
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
            // The caller's frames may lie in this thread's buffer, so the outbox is not written here.
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
        // A full fence: an entry that is added from here on asks for another flush.
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
            // The client is gone; its reader sees the same and ends the session. The count of flushes stays, so no thread writes here again.
            close.CutOff();
        }
    }

    // False: the client does not take more at the moment, and the writing goes on when it does.
    private bool WriteAll()
    {
        var taken = TakenHere ??= [];
        while (true)
        {
            events.Writing();

            // Before the outbox: nothing is added to it behind a reason to close, so what follows is all.
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
        var composer = new FrameComposer(buffer, Renderer, metrics) { Batch = Batch, Stream = Stream };

        // To go on without a message that cannot be encoded would be a silent loss.
        if (composer.Compose(taken) is { } fault) events.EncodingFailed(fault);
        if (outbox.TakeEpisode() is > 0 and var dropped) events.CaughtUp(dropped);
        Volatile.Write(ref _messages, _messages + taken.Count);
    }

    private void Compose(CloseReason reason, SendBuffer buffer)
    {
        if (!Stream) buffer.Advance(CloseFrame.Write(buffer.GetSpan(FrameHeader.MaxWritten + FrameHeader.MaxControlPayload), reason.Code, reason.Text));
        close.MarkWritten();
    }

    // False: the wire did not take all. The rest is under way, and the right to write stays with it.
    private bool TrySend(ReadOnlySpan<byte> bytes, int frames)
    {
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
