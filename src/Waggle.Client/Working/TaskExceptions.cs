namespace Waggle.Client;

/// <summary>
/// The exception of a handler that describes how its task failed. Any other exception fails the task too, with the exception's type as the code, and may be
/// retried.
/// </summary>
/// <param name="code">The worker's own error code, for programs.</param>
/// <param name="retryable">Whether another attempt may succeed; false fails the task permanently.</param>
/// <param name="retryAfter">The time until the next attempt, in place of the hub's back-off.</param>
public sealed class TaskFailedException(string code, string message, bool retryable = true, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The worker's own error code, for programs.</summary>
    public string Code { get; } = code;

    /// <summary>Whether another attempt may succeed.</summary>
    public bool Retryable { get; } = retryable;

    /// <summary>The time until the next attempt, in place of the hub's back-off.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>
/// The exception of a handler that declines its task (<c>task.refuse</c>). The hub counts a refusal and no failed attempt. It gives the task to another agent
/// first, and waits with a back-off while there is no other. A worker that is stopping returns the task instead (<c>task.release</c>), and the hub counts
/// nothing.
/// </summary>
public sealed class TaskRefusedException(string reason) : Exception(reason);
