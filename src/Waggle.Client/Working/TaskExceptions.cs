namespace Waggle.Client;

/// <summary>
/// Thrown by a handler to say how its task failed. Any other exception fails it too, with the exception's type as the code, and may be retried.
/// </summary>
/// <param name="code">The worker's own word, for programs.</param>
/// <param name="retryable">False: another attempt would fail the same way.</param>
/// <param name="retryAfter">In place of the hub's back-off.</param>
public sealed class TaskFailedException(string code, string message, bool retryable = true, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The worker's own word, for programs.</summary>
    public string Code { get; } = code;

    /// <summary>Whether another attempt may succeed.</summary>
    public bool Retryable { get; } = retryable;

    /// <summary>In place of the hub's back-off.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>
/// Thrown by a handler to decline its task (<c>task.refuse</c>). The hub counts a refusal and no failed attempt, gives the task to another agent first,
/// and waits with a back-off while there is no other. A worker that is stopping hands the task back instead (<c>task.release</c>), and nothing is counted.
/// </summary>
public sealed class TaskRefusedException(string reason) : Exception(reason);
