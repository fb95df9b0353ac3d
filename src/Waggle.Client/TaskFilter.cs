using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Selects the tasks to list. A null property does not narrow the list.</summary>
public sealed record TaskFilter
{
    /// <summary>The swarm of the tasks.</summary>
    public string? Swarm { get; init; }

    /// <summary>The permitted states of the tasks.</summary>
    public IReadOnlyList<TaskState>? States { get; init; }

    /// <summary>The parent of the tasks.</summary>
    public string? Parent { get; init; }

    /// <summary>The agent that holds the lease of the tasks.</summary>
    public string? Agent { get; init; }

    /// <summary>Whether the list begins with the oldest task; by default it begins with the newest.</summary>
    public bool Ascending { get; init; }

    /// <summary>The number of tasks in a page. The pages are joined, so it affects only the number of round trips.</summary>
    public int? PageSize { get; init; }

    internal TaskList FirstPage() => new()
    {
        Swarm = Swarm,
        States = States,
        Parent = Parent,
        Agent = Agent,
        Ascending = Ascending,
        Limit = PageSize,
    };
}
