namespace Waggle.Client;

/// <summary>Why a handler's token was cancelled. <see cref="Stopped"/> overrides the others.</summary>
public enum CancelCause
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Somebody cancelled the task.</summary>
    TaskCancelled,

    /// <summary>
    /// No renewal was acknowledged for the length of the lease, and <see cref="WaggleWorkerOptions.CancelUnrenewed"/> is set: another worker may have the task.
    /// A result is still offered.
    /// </summary>
    LeaseLost,

    /// <summary>This worker is stopping and its grace is over.</summary>
    WorkerStopping,

    /// <summary>The hub took the lease away.</summary>
    Stopped,
}
