namespace Waggle.Client;

public sealed partial class TaskWork
{
    private long _renewedAt;
    private int _cause;
    private int _ended;
    private TaskCompletionSource? _whenEnded;

    /// <summary>When the hub was last told of this lease and agreed; a timestamp of the worker's clock.</summary>
    internal long RenewedAt => Volatile.Read(ref _renewedAt);

    /// <summary>Whether its last message is made: the handler's outcome is on its way.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended) != 0;

    internal void Renewed(long sentAt)
    {
        if (sentAt > RenewedAt) Volatile.Write(ref _renewedAt, sentAt);
    }

    /// <summary>Cancels the handler. The first cause stays, except that Stopped overrides: then nothing that the worker says counts.</summary>
    internal void Cancel(CancelCause cause, string? reason)
    {
        var first = Interlocked.CompareExchange(ref _cause, (int)cause, (int)CancelCause.None) == (int)CancelCause.None;
        if (!first && cause != CancelCause.Stopped) return;
        if (!first) Volatile.Write(ref _cause, (int)cause);
        CancelReason = reason;
        // Not Cancel: what a handler registered on its token must not run on the reading loop.
        if (!HasEnded) _ = _cancel.CancelAsync();
    }

    /// <summary>Whoever gets true makes the assignment's last message.</summary>
    internal bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        Volatile.Read(ref _whenEnded)?.TrySetResult();
        return true;
    }

    /// <summary>Done when the handler has ended. Asked for only when the worker stops, so that a task pays nothing for it.</summary>
    internal Task WhenEnded()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ended = Interlocked.CompareExchange(ref _whenEnded, ended, null) ?? ended;
        if (HasEnded) ended.TrySetResult();
        return ended.Task;
    }
}
