namespace Waggle.Protocol.Model;

/// <summary>
/// The tasks that failed, expired or wait for a retry with one error. Errors that differ only in numbers, ids, paths and quoted words are one.
/// </summary>
public sealed record TaskErrorGroup
{
    /// <summary>The value to select the tasks by, see <see cref="TaskQuery.Error"/>.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The code of the error; the state of a task without one.</summary>
    public required string Code { get; init; }

    /// <summary>The message of the last task that had the error.</summary>
    public required string Message { get; init; }

    /// <summary>The number of tasks.</summary>
    public required long Count { get; init; }
    public required DateTimeOffset FirstAt { get; init; }
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>The task that had the error last.</summary>
    public required string Task { get; init; }

    /// <summary>The types of the tasks, at most twenty.</summary>
    public required IReadOnlyList<string> Types { get; init; }
}
