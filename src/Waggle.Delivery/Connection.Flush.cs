using System.Buffers;
using Waggle.Protocol;
using Waggle.Transport.WebSockets;

namespace Waggle.Delivery;

public sealed partial class Connection
{
    // What one write takes from the outbox at most: larger writes gain nothing, and a slow client's copy of them is memory.
    private const int MaxWriteBytes = 64 * 1024;
    private const int MaxArrayBytes = 256 * 1024;

    [ThreadStatic]
    private static List<Entry>? TakenHere;

    // How often a flush was asked for since nobody was writing. Whoever raises it from 0 writes; the others have been heard.
    private int _asked;
    private int _soon;
    private long _messages;
    private long _bytes;

    // What the transport did not take at once, on its way.
    private Task? _rest;

    /// <summary>Somebody writes or is about to, and does not wait for the client.</summary>
    internal bool IsWriting => (Volatile.Read(ref _asked) | Volatile.Read(ref _soon)) != 0 && Volatile.Read(ref _rest) is not { IsCompleted: false };

    /// <summary>Writes what is in the outbox, as much as the client takes now. From any thread; never blocks and never throws.</summary>
    public void Flush()
    {
        if (Interlocked.Increment(ref _asked) == 1) Write();
    }

    /// <summary>
    /// Writes whole frames now, past the outbox, if nothing waits in it and nobody else writes: for a caller that has a queue of its own. What the
    /// transport does not take at once is on its way when this returns. From any thread.
    /// </summary>
    /// <returns>False: nothing was taken; <see cref="WhenWritableAsync"/> says when to try again.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count)
    {
        if (Interlocked.CompareExchange(ref _asked, 1, 0) != 0) return false;
        if (_outbox.Count > 0 || _close is not null)
        {
            // The caller's frames may lie in this thread's buffer, so what waits is not written here.
            Interlocked.Exchange(ref _asked, 0);
            FlushSoon();
            return false;
        }

        try
        {
            Volatile.Write(ref _messages, _messages + count);
            Volatile.Write(ref _bytes, _bytes + frames.Length);
            _metrics.Sent(count, frames.Length);
            if (!TrySend(frames)) return true;
        }
        catch (IOException)
        {
            CutOff();
            throw;
        }

        if (Interlocked.CompareExchange(ref _asked, 0, 1) != 1) Write();
        return true;
    }

    /// <summary>Ends when the client has taken what is on its way to it, or is gone.</summary>
    public Task WhenWritableAsync() => Volatile.Read(ref _rest) is { IsCompleted: false } rest ? rest : YieldAsync();

    private static async Task YieldAsync() => await Task.Yield();

    /// <summary>The same on another thread: for those who must not spend their time on writing.</summary>
    private void FlushSoon()
    {
        if (Interlocked.Exchange(ref _soon, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        // A full fence: what is added from here on asks again.
        Interlocked.Exchange(ref _soon, 0);
        Flush();
    }

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
            // The client is gone; its reader sees the same and ends the session. Nobody writes here again.
            CutOff();
        }
    }

    // False: the client does not take more at the moment, and the writing goes on when it does.
    private bool WriteAll()
    {
        var taken = TakenHere ??= [];
        while (true)
        {
            if (Lapsed is { } lapsed && _close is null && lapsed()) Lapse();

            // Before the outbox: nothing is added to it behind a reason to close, so what follows is all.
            var close = _close;
            taken.Clear();
            var buffer = SendBuffer.Mine;
            if (_outbox.Take(taken, Limits.MaxMessagesPerFrame, MaxWriteBytes) > 0)
            {
                Compose(taken, buffer);
                if (_outbox.TakeEpisode() is > 0 and var dropped) TellSlow(dropped, closed: false);
                Volatile.Write(ref _messages, _messages + taken.Count);
            }
            else if (close is null || _closed) return true;
            else Compose(close, buffer);

            taken.Clear();
            Volatile.Write(ref _bytes, _bytes + buffer.Length);
            _metrics.Sent(buffer.Frames, buffer.Length);
            if (!TrySend(buffer.Written)) return false;
            if (_closed) Finish(isGone: false);
        }
    }

    private bool TrySend(ReadOnlySpan<byte> bytes)
    {
        var sent = bytes.Length == 0 ? 0 : _wire.TrySend(bytes);
        if (sent == bytes.Length) return true;
        var rest = ArrayPool<byte>.Shared.Rent(bytes.Length - sent);
        bytes[sent..].CopyTo(rest);
        var sending = _wire.SendAsync(rest.AsMemory(0, bytes.Length - sent)).AsTask();
        if (!sending.IsCompletedSuccessfully)
        {
            _rest = GoOnAsync(sending, rest);
            return false;
        }

        ArrayPool<byte>.Shared.Return(rest);
        return true;
    }

    // The right to write stays with this until the rest is away.
    private async Task GoOnAsync(Task sending, byte[] rest)
    {
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        ArrayPool<byte>.Shared.Return(rest);
        if (!sending.IsCompletedSuccessfully)
        {
            CutOff();
            return;
        }

        if (_closed) Finish(isGone: false);
        Write();
    }

    private void Compose(List<Entry> taken, SendBuffer buffer)
    {
        var whole = buffer.Length;
        try
        {
            for (var next = 0; next < taken.Count; whole = buffer.Length) next = Compose(taken, next, buffer);
        }
        catch (Exception e)
        {
            // Something could not be put into words. To go on without it would be a silent loss.
            buffer.Cut(whole);
            Fault = e;
            _outbox.Complete(null, discard: true);
            End(new CloseReason(CloseCodes.InternalError, "An internal error occurred. Reconnect with your last position."), null, discard: true);
        }
    }

    // One frame, or one message of a stream that has none.
    private int Compose(List<Entry> taken, int next, SendBuffer buffer)
    {
        if (Stream || taken[next].Kind == EntryKind.Frame)
        {
            Write(taken[next], buffer);
            return next + 1;
        }

        buffer.BeginFrame();
        if (Batch && taken.Count - next > 1) next = ComposeArray(taken, next, buffer);
        else Write(taken[next++], buffer);
        buffer.EndMessage();
        return next;
    }

    private int ComposeArray(List<Entry> taken, int next, SendBuffer buffer)
    {
        var start = buffer.Length;
        buffer.Add("["u8);
        Write(taken[next++], buffer);
        while (next < taken.Count && taken[next].Kind != EntryKind.Frame && buffer.Length - start < MaxArrayBytes)
        {
            buffer.Add(","u8);
            Write(taken[next++], buffer);
        }

        buffer.Add("]"u8);
        return next;
    }

    private void Compose(CloseReason close, SendBuffer buffer)
    {
        if (!Stream) buffer.Advance(CloseFrame.Write(buffer.GetSpan(FrameHeader.MaxWritten + FrameHeader.MaxControlPayload), close.Code, close.Text));
        _closed = true;
    }

    private static void Write(EncodedMessage said, SendBuffer buffer)
    {
        if (said.Ends is not { } ends)
        {
            buffer.Add(said.Body.Span);
            return;
        }

        var start = 0;
        foreach (var end in ends)
        {
            buffer.Add(said.Body.Span[start..end]);
            buffer.Next();
            start = end;
        }
    }

    private void Write(in Entry entry, SendBuffer buffer)
    {
        if (entry.Content is EncodedMessage said) Write(said, buffer);
        else if (entry.Content is Gap lost)
        {
            _metrics.GapSent();
            Renderer.RenderGap(lost.From, lost.To, lost.Dropped, buffer);
        }
        else entry.Deferred!.Write(buffer);
    }
}
