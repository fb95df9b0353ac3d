using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Reads the stored log lines of a task: those after a number, or the last ones.</summary>
public sealed record TaskLogs : ClientMessage
{
    public override string Type => "task.logs";

    public required string Task { get; init; }

    /// <summary>Only of this attempt.</summary>
    public int? Attempt { get; init; }

    /// <summary>Only lines of this level and of more important ones.</summary>
    public AgentLogLevel? Level { get; init; }

    /// <summary>The cursor of the previous page, or 0 to start with the first line; null for the last lines.</summary>
    public string? After { get; init; }

    /// <summary>The greatest number of lines: 1 to 1,000, default 1,000.</summary>
    public int? Limit { get; init; }
}

/// <summary>A page of the stored log lines of a task.</summary>
public sealed record TaskLogPage
{
    public required string Task { get; init; }

    /// <summary>The time since which the lines are complete, except those counted as dropped.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The lines by attempt. An attempt without lines has lost all that it had.</summary>
    public required IReadOnlyList<AttemptLog> Attempts { get; init; }

    /// <summary>The lines that the task wrote and the hub does not have; null if there are none, or the hub no longer has the count.</summary>
    public LogDropped? Dropped { get; init; }

    /// <summary>The number of the last line, for <c>after</c>: the next page starts behind it, also if the lines come later.</summary>
    public required string Cursor { get; init; }

    /// <summary>Whether the hub has more lines behind the cursor. A page with a level may be short.</summary>
    public required bool More { get; init; }
}
