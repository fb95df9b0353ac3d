using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Creates one or many, all or none.</summary>
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

    /// <summary>From the reply before: the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>Default 100.</summary>
    public int? Limit { get; init; }

    /// <summary>Oldest first instead of newest first.</summary>
    public bool Ascending { get; init; }
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

    /// <summary>Take it from its worker at once instead of after the grace.</summary>
    public bool Force { get; init; }
}

public sealed record TaskSetPriority : ClientMessage
{
    public override string Type => "task.set_priority";

    public required string Task { get; init; }

    /// <summary>1 (first) to 5 (last).</summary>
    public required int Priority { get; init; }
}

/// <summary>Creates a new task with the same spec as one that failed, was cancelled or expired; it names the old one in <c>retry_of</c>.</summary>
public sealed record TaskRetry : ClientMessage
{
    public override string Type => "task.retry";

    public required string Task { get; init; }
}
