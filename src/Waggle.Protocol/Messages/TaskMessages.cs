using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Creates one or many tasks, all or none.</summary>
public sealed record TaskCreate : ClientMessage
{
    public override string Type => "task.create";

    public required IReadOnlyList<TaskSpec> Tasks { get; init; }
}

public sealed record TaskList : ClientMessage
{
    public override string Type => "task.list";

    public string? Swarm { get; init; }
    public IReadOnlyList<TaskState>? States { get; init; }
    public string? Parent { get; init; }
    public string? Agent { get; init; }

    /// <summary>See <see cref="TaskQuery.Type"/>.</summary>
    public string? TaskType { get; init; }

    /// <summary>See <see cref="TaskQuery.Text"/>.</summary>
    public string? Text { get; init; }

    /// <summary>See <see cref="TaskQuery.Error"/>.</summary>
    public string? Error { get; init; }

    /// <summary>The cursor of the reply before, for the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>The greatest number of tasks in a page, default 100.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether the list begins with the oldest task; by default it begins with the newest.</summary>
    public bool Ascending { get; init; }
}

/// <summary>Groups the tasks that failed, expired or wait for a retry by their errors.</summary>
public sealed record TaskErrors : ClientMessage
{
    public override string Type => "task.errors";

    /// <summary>The tasks; null for all that the client reaches.</summary>
    public TaskQuery? Filter { get; init; }

    /// <summary>The greatest number of groups, default 100.</summary>
    public int? Limit { get; init; }
}

public sealed record TaskShow : ClientMessage
{
    public override string Type => "task.show";

    public required string Task { get; init; }
}

public sealed record TaskCancel : ClientMessage
{
    public override string Type => "task.cancel";

    public required string Task { get; init; }
    public string? Reason { get; init; }

    /// <summary>Whether to take the task from its worker at once and not after the grace period.</summary>
    public bool Force { get; init; }
}

public sealed record TaskSetPriority : ClientMessage
{
    public override string Type => "task.set_priority";

    public required string Task { get; init; }

    /// <summary>The priority, 1 (first) to 5 (last).</summary>
    public required int Priority { get; init; }
}

/// <summary>Gives a waiting task to one agent; from then on no other agent may have it.</summary>
public sealed record TaskAssign : ClientMessage
{
    public override string Type => "task.assign";

    public required string Task { get; init; }
    public required string Agent { get; init; }

    /// <summary>A new priority, 1 (first) to 5 (last); null keeps the task's own.</summary>
    public int? Priority { get; init; }
}

/// <summary>Creates a new task with the same spec as one that failed, was cancelled or expired. The new task names the old one in <c>retry_of</c>.</summary>
public sealed record TaskRetry : ClientMessage
{
    public override string Type => "task.retry";

    public required string Task { get; init; }
}
