using Waggle.Exec.Coding;

namespace Waggle.Exec;

/// <summary>The options of <c>waggle worker</c>.</summary>
internal sealed record ExecOptions
{
    public required Uri Url { get; init; }
    public string? Token { get; init; }

    /// <summary>The command of <c>--exec</c>; empty with <see cref="Coding"/> or a model.</summary>
    public required string Command { get; init; }

    /// <summary>The coding agent of <c>--agent</c>; null with a command or a model.</summary>
    public CodingOptions? Coding { get; init; }
    public string? Swarm { get; init; }

    /// <summary>The command that decides votes; null leaves requests for a vote unanswered.</summary>
    public string? VoteCommand { get; init; }

    /// <summary>The command that handles messages to the agent; null leaves them at the hub until their time is over.</summary>
    public string? MessageCommand { get; init; }

    /// <summary>The part of the output that is the result.</summary>
    public required ResultForm Result { get; init; }

    /// <summary>Whether the command receives the token.</summary>
    public required bool PassToken { get; init; }

    /// <summary>Whether the command receives the MCP configuration of its task.</summary>
    public bool Mcp { get; init; }

    /// <summary>The agent's id and name.</summary>
    public string? Name { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>The types of tasks that the worker takes; empty for all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];
    public required int Slots { get; init; }
    public string? Secret { get; init; }

    /// <summary>The token of a process that a runner started.</summary>
    public string? SpawnToken { get; init; }

    /// <summary>The time from SIGTERM to SIGKILL.</summary>
    public required TimeSpan KillAfter { get; init; }

    /// <summary>The time that running tasks have after the worker was stopped.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Whether to wait while another worker has the name, instead of ending.</summary>
    public required bool RetryInUse { get; init; }
}
