namespace Waggle.Agents;

/// <summary>What an agent may do without asking.</summary>
public enum AgentRights
{
    /// <summary>Read files.</summary>
    ReadOnly,

    /// <summary>Read files, and edit those of its folder.</summary>
    Edit,

    /// <summary>Everything that its user may do.</summary>
    Full,
}

/// <summary>The request for one run of a coding agent.</summary>
public sealed record AgentStart
{
    public required string Prompt { get; init; }
    public required string Folder { get; init; }
    public AgentRights Rights { get; init; } = AgentRights.ReadOnly;

    /// <summary>Whether the agent asks for what its rights do not permit; otherwise it is denied at once.</summary>
    public bool Asks { get; init; } = true;
    public string? Model { get; init; }

    /// <summary>The session to begin or to resume; null where the program chooses it.</summary>
    public string? Session { get; init; }

    /// <summary>Whether <see cref="Session"/> exists.</summary>
    public bool Resumes { get; init; }
}
