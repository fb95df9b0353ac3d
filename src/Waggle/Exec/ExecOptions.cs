namespace Waggle.Exec;

/// <summary>What <c>waggle worker</c> was told.</summary>
internal sealed record ExecOptions
{
    public required Uri Url { get; init; }
    public string? Token { get; init; }
    public required string Command { get; init; }
    public string? Swarm { get; init; }

    /// <summary>What of its output is the result.</summary>
    public required ResultForm Result { get; init; }

    /// <summary>Hand the token to the command.</summary>
    public required bool PassToken { get; init; }

    /// <summary>The agent's id and name.</summary>
    public string? Name { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>The types of tasks that it takes; empty: all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];
    public required int Slots { get; init; }
    public string? Secret { get; init; }

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public required TimeSpan KillAfter { get; init; }

    /// <summary>How long running tasks may go on after the worker was told to stop.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Wait while another worker has the name, instead of giving up.</summary>
    public required bool RetryInUse { get; init; }
}
