namespace Waggle.Client;

/// <summary>The reason why a handler's token was cancelled. <see cref="Stopped"/> overrides the others.</summary>
public enum CancelCause
{
    /// <summary>The token was not cancelled.</summary>
    None,

    /// <summary>A client cancelled the task.</summary>
    TaskCancelled,

    /// <summary>
    /// The hub acknowledged no renewal for the length of the lease, and <see cref="WaggleWorkerOptions.CancelUnrenewed"/> is set: another worker may have the
    /// task. The worker still sends a result.
    /// </summary>
    LeaseLost,

    /// <summary>This worker is stopping and its grace period is over.</summary>
    WorkerStopping,

    /// <summary>The hub took the lease away.</summary>
    Stopped,
}
