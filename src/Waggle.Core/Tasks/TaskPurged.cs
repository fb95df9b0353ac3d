using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Records that a purge erased the payload of a task that has ended. The task stays as it ended.</summary>
public sealed record TaskPurged : RecordData
{
    [JsonIgnore]
    public override string Kind => "task_purged";

    [JsonIgnore]
    public override string Topic => field ??= $"task.{Task}.purged";

    public required string Task { get; init; }
    public required TaskState State { get; init; }

    /// <summary>The client that began the purge.</summary>
    public required string PurgedBy { get; init; }

    /// <summary>The purge's id.</summary>
    public required string Purge { get; init; }
}
