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

    /// <summary>The type of the tasks.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// Words that a task has all of, in its title, type, error or metadata. Case does not count; a word that ends with <c>*</c> is the beginning of a word.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>The fingerprint of the error of tasks that failed, expired or wait for a retry, as <c>task.errors</c> returns it.</summary>
    public string? Error { get; init; }
}
