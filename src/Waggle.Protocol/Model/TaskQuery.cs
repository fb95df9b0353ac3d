namespace Waggle.Protocol.Model;

/// <summary>Selects tasks by what the hub stores of them. A null property does not narrow the selection; the properties that are set all apply.</summary>
public sealed record TaskQuery
{
    /// <summary>The swarm of the tasks.</summary>
    public string? Swarm { get; init; }

    /// <summary>The permitted states of the tasks; null or empty permits all.</summary>
    public IReadOnlyList<TaskState>? States { get; init; }

    /// <summary>The parent of the tasks.</summary>
    public string? Parent { get; init; }

    /// <summary>The agent that holds the tasks, or held them last.</summary>
    public string? Agent { get; init; }
}
