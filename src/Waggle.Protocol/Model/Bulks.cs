using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The change that a bulk makes to each task.</summary>
[JsonConverter(typeof(SnakeCaseEnum<BulkAction>))]
public enum BulkAction
{
    /// <summary>Cancels tasks that have not ended.</summary>
    Cancel,

    /// <summary>Creates a new task for each task that failed, was cancelled or expired.</summary>
    Retry,

    /// <summary>Changes the priority of tasks that have not ended.</summary>
    SetPriority,
}

/// <summary>The state of a bulk.</summary>
[JsonConverter(typeof(SnakeCaseEnum<BulkState>))]
public enum BulkState
{
    /// <summary>The hub works on it, one batch of tasks a commit. It continues after a restart of the hub.</summary>
    Running,

    /// <summary>Every task that matched was handled.</summary>
    Done,

    /// <summary>A client stopped it. The tasks that it had changed stay changed.</summary>
    Stopped,
}

/// <summary>One change of all tasks that a filter selects.</summary>
public sealed record BulkSpec
{
    public required BulkAction Action { get; init; }

    /// <summary>
    /// The tasks. Without states, the states in which the action applies; with states, those of them in which it applies. An empty filter selects every task
    /// that the client reaches.
    /// </summary>
    public required TaskQuery Filter { get; init; }

    /// <summary>The new priority, 1 (first) to 5 (last), for <see cref="BulkAction.SetPriority"/>.</summary>
    public int? Priority { get; init; }

    /// <summary>The reason, for workers and for the log, with <see cref="BulkAction.Cancel"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether <see cref="BulkAction.Cancel"/> ends running tasks at once instead of after the grace period of their workers.</summary>
    public bool Force { get; init; }

    /// <summary>A second start of the same user with the same key returns the first bulk.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>Tasks that a bulk could not change, for one reason.</summary>
/// <param name="Code">The error code of the command for one task.</param>
/// <param name="Message">The message for the first of the tasks.</param>
/// <param name="Task">The first of the tasks.</param>
public sealed record BulkFailure(string Code, string Message, string Task, long Count);

/// <summary>A bulk: what it is to do, for whom, and how far it is.</summary>
public sealed record BulkView
{
    public required string Id { get; init; }
    public required BulkSpec Spec { get; init; }
    public required BulkState State { get; init; }

    /// <summary>The number of tasks that matched when the bulk began.</summary>
    public required long Matched { get; init; }

    /// <summary>The tasks that it changed, or that it retried.</summary>
    public required long Changed { get; init; }

    /// <summary>The tasks that already were as the bulk would make them.</summary>
    public required long Unchanged { get; init; }

    /// <summary>The tasks that no longer matched when their turn came.</summary>
    public required long Skipped { get; init; }

    /// <summary>The tasks that it could not change.</summary>
    public required long Failed { get; init; }

    /// <summary>The reasons of <see cref="Failed"/>, the most frequent first.</summary>
    public IReadOnlyList<BulkFailure>? Failures { get; init; }
    public required string StartedBy { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The client that stopped it.</summary>
    public string? StoppedBy { get; init; }
}

/// <summary>What a bulk would begin with.</summary>
/// <param name="Matched">The number of tasks that match now.</param>
public sealed record BulkCounted(BulkSpec Spec, long Matched);
