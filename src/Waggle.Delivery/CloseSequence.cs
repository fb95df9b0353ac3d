using Waggle.Transport.Wires;

namespace Waggle.Delivery;

/// <summary>
/// The end of a connection: the first reason stands, what is queued is sent before the close, and a client that takes too long is cut off. Thread-safe.
/// </summary>
internal sealed class CloseSequence(Wire wire, Outbox outbox, TimeProvider time, IConnectionEvents events)
{
    // The time for the queued messages and the close, and then for the client's own close.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CloseReason? _reason;
    private volatile bool _isViolation;
    private volatile bool _isWritten;
    private bool _isReleased;
    private bool _isOver;
    private ITimer? _deadline;

    /// <summary>Why the connection closes; null while it does not.</summary>
    public CloseReason? Reason => _reason;

    /// <summary>The close is part of a write that has begun, and nothing follows it.</summary>
    public bool IsWritten => _isWritten;

    /// <summary>Ends when everything and the close were sent, or the wire broke.</summary>
    public Task Completion => _completion.Task;

    // No other lock than the outbox's is taken under it.
    private object Lock => _completion;

    /// <returns>False: another reason came first.</returns>
    public bool TryBegin(CloseReason reason, IDeferred? lastWords, bool discard)
    {
        lock (Lock)
        {
            if (_reason is not null) return false;

            // In this order: a writer that sees the reason finds the last words.
            outbox.Complete(lastWords is null ? null : Entry.Message(lastWords), discard);
            _reason = reason;
            if (!_isOver) _deadline = time.CreateTimer(static close => ((CloseSequence)close!).Overdue(), this, CloseTimeout, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <summary>The client broke the protocol: the end of TCP follows the close at once. Call it before <see cref="TryBegin"/>.</summary>
    public void MarkViolation() => _isViolation = true;

    /// <summary>Sends the end of TCP, if the close has been sent already.</summary>
    public void EndSendingIfClosed()
    {
        if (_completion.Task.IsCompleted) wire.EndSending();
    }

    public void MarkWritten() => _isWritten = true;

    /// <summary>The close has been sent. The client has a moment for its own.</summary>
    public void Finish() => Finish(isGone: false);

    /// <summary>The wire broke, or the client takes too long.</summary>
    public void CutOff()
    {
        wire.Abort();
        Finish(isGone: true);
    }

    /// <summary>The client's own close has come, or is not waited for.</summary>
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

    // A client that got the close and does not answer it: its connection ends in order. A reset could discard the close that the client has not read yet.
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
