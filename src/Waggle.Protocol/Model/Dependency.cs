using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>A task that an assigned one waited for, as its worker gets it with the assignment.</summary>
public sealed record Dependency
{
    public required string Task { get; init; }

    /// <summary>
    /// How it ended: with <c>all_ended</c> it may have failed. Null: the hub could not read it, or the assignment has too many dependencies to say it for each.
    /// </summary>
    public TaskState? State { get; init; }

    /// <summary>Its result; null where it has none, where <see cref="ResultRef"/> is set, or where <see cref="Omitted"/> is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>In place of a result of more than 32 KiB.</summary>
    public ResultRef? ResultRef { get; init; }

    /// <summary>How it failed, was cancelled or expired.</summary>
    public TaskError? Error { get; init; }

    /// <summary>There is more than fits into the assignment: ask for the task by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Omitted { get; init; }
}
