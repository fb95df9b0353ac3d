using Waggle.Protocol;

namespace Waggle.Delivery;

public sealed partial class Connection
{
    // How long a client may take for what is queued when it is closed, and then for a close of its own.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    // The client broke the protocol: behind the close comes the end of TCP.
    private volatile bool _fails;
    private bool _released;

    // Held over nothing but the outbox's own lock.
    private object Closing => _completion;

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CloseReason? _close;
    private volatile bool _closed;
    private ITimer? _deadline;
    private bool _ended;

    /// <summary>Ends when everything was sent and the close was said, or the wire broke.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Sends what is queued, says why, and closes; a client that does not take it in time is cut off. From any thread; the first reason stands.</summary>
    public void Close(int code, string reason) => End(new CloseReason(code, reason), Farewell?.Farewell(code, reason), discard: false);

    /// <summary>The same with last words of the caller's own.</summary>
    public void Close(int code, string reason, IDeferred lastWords) => End(new CloseReason(code, reason), lastWords, discard: false);

    /// <summary>The same without last words: the client left, or broke the rules of its transport.</summary>
    public void CloseQuietly(int code, string reason) => End(new CloseReason(code, reason), null, discard: false);

    /// <summary>
    /// The same for a client that broke the WebSocket protocol (RFC 6455 7.1.7): the end of TCP follows the close at once, and the caller discards what still comes (7.1.1).
    /// </summary>
    public void Fail(int code, string reason)
    {
        _fails = true;
        CloseQuietly(code, reason);
        if (_completion.Task.IsCompleted) _wire.EndSending();
    }

    /// <summary>Nothing more need be said: the client left by itself, or was told. Ends when what was under way is away.</summary>
    public async ValueTask DisposeAsync()
    {
        End(new CloseReason(CloseCodes.Normal, ""), null, discard: false);
        await Completion;
        if (_rest is not null) await _rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (Closing)
        {
            _ended = true;
            _deadline?.Dispose();
        }
    }

    /// <summary>The client's permission has ended: nothing that waits is sent to it any more.</summary>
    public void Lapse()
    {
        var why = new CloseReason(CloseCodes.TokenExpired, "The token expired; reconnect with a new one and your last position.");
        End(why, Farewell?.Farewell(why.Code, why.Text), discard: true);
    }

    private void End(CloseReason why, IDeferred? lastWords, bool discard)
    {
        lock (Closing)
        {
            if (_close is not null) return;

            // In this order: a writer that sees the reason finds the last words.
            _outbox.Complete(lastWords is null ? null : Entry.Message(lastWords), discard);
            _close = why;
            if (!_ended) _deadline = _time.CreateTimer(static connection => ((Connection)connection!).Overdue(), this, CloseTimeout, Timeout.InfiniteTimeSpan);
        }

        FlushSoon();
    }

    // A client that has our close and does not answer it: its connection is closed in order. To reset it could discard the close that it has not read yet.
    private void Overdue()
    {
        bool ends;
        lock (Closing)
        {
            if (_ended) return;
            ends = _completion.Task.IsCompleted && !_released;
            _released |= ends;
            if (ends) _deadline?.Change(CloseTimeout, Timeout.InfiniteTimeSpan);
        }

        if (ends) _wire.Input.CancelPendingRead();
        else CutOff();
    }

    private void CutOff()
    {
        _wire.Abort();
        Finish(isGone: true);
    }

    // Everything was written, or nothing more can be.
    private void Finish(bool isGone)
    {
        lock (Closing)
        {
            // After our close the client has a moment for its own.
            _ended |= isGone;
            if (_ended) _deadline?.Dispose();
            else _deadline?.Change(AnswerTimeout, Timeout.InfiniteTimeSpan);
            if (!_completion.TrySetResult()) return;
        }

        if (_fails && !isGone) _wire.EndSending();
        _outbox.Complete(null, discard: true);
        if (_outbox.TakeEpisode() is > 0 and var dropped) TellSlow(dropped, closed: true);
        _metrics.Ended(this);
    }

    private sealed record CloseReason(int Code, string Text);
}
