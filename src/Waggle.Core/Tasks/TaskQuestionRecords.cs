using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Records that a task waits for the answer to a question: its worker asked, or a worker that held the task while it waited is gone.
/// </summary>
public sealed record TaskInputRequired : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_input_required";

    /// <summary>The id of the question.</summary>
    public required string Question { get; init; }

    /// <summary>The agent that asked.</summary>
    public required string Agent { get; init; }

    /// <summary>The text of the question.</summary>
    public required string QuestionText { get; init; }

    /// <summary>The end of the attempt; null if the worker keeps its lease.</summary>
    public AttemptEnd? Ended { get; init; }
}

/// <summary>Records that a task has its answer and goes on: with the worker that held it, or in the queue for another attempt.</summary>
public sealed record TaskAnswered : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_answered";

    /// <summary>The agent that asked.</summary>
    public required string Agent { get; init; }
    public required QuestionAnswer Answer { get; init; }
}

/// <summary>Records that a worker kept a checkpoint. The record has its size; the next assignment has its content.</summary>
public sealed record TaskCheckpointed : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_checkpoint";

    public required string Agent { get; init; }
    public required int Attempt { get; init; }
    public required int Bytes { get; init; }
}

/// <summary>The content of a checkpoint. It is neither logged nor published; the commit stores it with the task.</summary>
internal sealed record CheckpointKept(string Task, RawJson Checkpoint) : InternalData;
