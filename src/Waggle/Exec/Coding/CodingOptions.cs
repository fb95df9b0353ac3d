using Waggle.Agents;

namespace Waggle.Exec.Coding;

/// <summary>The options of <c>waggle worker --agent</c>.</summary>
internal sealed record CodingOptions
{
    public required ICodingAgent Agent { get; init; }

    /// <summary>The folder that the agent works in.</summary>
    public required string Folder { get; init; }
    public required AgentRights Rights { get; init; }

    /// <summary>Whether what the rights do not permit becomes a question; otherwise it is denied.</summary>
    public required bool Asks { get; init; }

    /// <summary>The time for an answer to such a question, after which it is denied.</summary>
    public required TimeSpan ApprovalTimeout { get; init; }

    /// <summary>Whether a task may complete although its agent was denied something.</summary>
    public required bool AllowDenials { get; init; }

    /// <summary>Whether each task has a git worktree of its own.</summary>
    public required bool UsesWorktree { get; init; }

    /// <summary>The silence after which a run is stopped; zero for none.</summary>
    public required TimeSpan StallTimeout { get; init; }
    public string? Model { get; init; }

    /// <summary>More arguments of the program.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The names of more variables that the program receives.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
}
