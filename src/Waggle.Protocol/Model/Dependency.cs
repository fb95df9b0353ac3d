using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>A dependency of an assigned task, as its worker receives it with the assignment.</summary>
public sealed record Dependency
{
    public required string Task { get; init; }

    /// <summary>
    /// The state in which the dependency ended; with <c>all_ended</c> it may have failed. Null if the hub could not read it, or the assignment has too many
    /// dependencies to give it for each.
    /// </summary>
    public TaskState? State { get; init; }

    /// <summary>The result; null if there is none, or if <see cref="ResultRef"/> or <see cref="Omitted"/> is set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>The reference in place of a result of more than 32 KiB.</summary>
    public ResultRef? ResultRef { get; init; }

    /// <summary>The error with which the dependency failed, was cancelled or expired.</summary>
    public TaskError? Error { get; init; }

    /// <summary>Whether the hub left data out that does not fit into the assignment; the worker asks for the task by its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Omitted { get; init; }
}
