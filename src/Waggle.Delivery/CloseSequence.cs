using Waggle.Transport.Wires;

namespace Waggle.Delivery;

/// <summary>
/// Ends a connection: keeps the first reason, lets the queued messages leave before the close, and aborts the connection of a client that takes too long.
/// Thread-safe.
/// </summary>
internal sealed class CloseSequence(Wire wire, Outbox outbox, TimeProvider time, IConnectionEvents events)
{
    // The limits for sending the queued messages and the close, and then for the client's own close.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CloseReason? _reason;
    private volatile bool _isViolation;
    private volatile bool _isWritten;
    private bool _isReleased;
    private bool _isOver;
    private ITimer? _deadline;

    /// <summary>Gets the reason for the close; null until a close begins.</summary>
    public CloseReason? Reason => _reason;

    /// <summary>Whether the close is part of a write that has begun. No message follows it.</summary>
    public bool IsWritten => _isWritten;

    /// <summary>Gets a task that ends when the queued messages and the close are sent, or when the wire breaks.</summary>
    public Task Completion => _completion.Task;

    // While it is held, only the outbox's lock is taken.
    private object Lock => _completion;

    /// <summary>Begins the close, unless it has already begun.</summary>
    /// <param name="farewell">The last message before the close; null for none.</param>
    /// <param name="discard">Whether the queued messages are discarded instead of sent.</param>
    /// <returns>False if another reason came first.</returns>
    public bool TryBegin(CloseReason reason, IDeferred? farewell, bool discard)
    {
        lock (Lock)
        {
            if (_reason is not null) return false;

            // The order matters: a writer that sees the reason finds the last message in the outbox.
            outbox.Complete(farewell is null ? null : Entry.Message(farewell), discard);
            _reason = reason;
            if (!_isOver) _deadline = time.CreateTimer(static close => ((CloseSequence)close!).Overdue(), this, CloseTimeout, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <summary>Notes that the client broke the protocol: the end of TCP follows the close at once. Call it before <see cref="TryBegin"/>.</summary>
    public void MarkViolation() => _isViolation = true;

    /// <summary>Sends the end of TCP if the close has already been sent.</summary>
    public void EndSendingIfClosed()
    {
        if (_completion.Task.IsCompleted) wire.EndSending();
    }

    public void MarkWritten() => _isWritten = true;

    /// <summary>Notes that the close has been sent. The client then has a limited time for its own close.</summary>
    public void Finish() => Finish(isGone: false);

    /// <summary>Aborts the wire, because it broke or because the client takes too long.</summary>
    public void CutOff()
    {
        wire.Abort();
        Finish(isGone: true);
    }

    /// <summary>Ends the sequence: the client's own close has arrived, or the caller does not wait for it.</summary>
    public void End()
    {
        lock (Lock)
        {
            _isOver = true;
            _deadline?.Dispose();
        }
    }

    private void Finish(bool isGone)
    {
        lock (Lock)
        {
            _isOver |= isGone;
            if (_isOver) _deadline?.Dispose();
            else _deadline?.Change(AnswerTimeout, Timeout.InfiniteTimeSpan);
            if (!_completion.TrySetResult()) return;
        }

        if (_isViolation && !isGone) wire.EndSending();
        outbox.Complete(null, discard: true);
        events.Ended();
    }

    // A client that received the close and does not answer it is not aborted at once: a reset could discard the close before the client reads it.
    private void Overdue()
    {
        bool releases;
        lock (Lock)
        {
            if (_isOver) return;
            releases = _completion.Task.IsCompleted && !_isReleased;
            _isReleased |= releases;
            if (releases) _deadline?.Change(CloseTimeout, Timeout.InfiniteTimeSpan);
        }

        if (releases) wire.Input.CancelPendingRead();
        else CutOff();
    }
}
