using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Which tasks to list; what is left out does not narrow the list.</summary>
public sealed record TaskFilter
{
    /// <summary>Tasks of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Tasks in one of these states.</summary>
    public IReadOnlyList<TaskState>? States { get; init; }

    /// <summary>Tasks that belong to this one.</summary>
    public string? Parent { get; init; }

    /// <summary>Tasks whose lease this agent holds.</summary>
    public string? Agent { get; init; }

    /// <summary>Oldest first instead of newest first.</summary>
    public bool Ascending { get; init; }

    /// <summary>Tasks a page; the pages are joined, so this is about round trips only.</summary>
    public int? PageSize { get; init; }
}
