using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Asks a question about the task. The task is <c>input_required</c> until it is answered.</summary>
public sealed record TaskAsk : LeaseMessage
{
    public override string Type => "task.ask";

    public required QuestionSpec Question { get; init; }

    /// <summary>The checkpoint to keep with the question; absent leaves the task's checkpoint as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Checkpoint { get; init; }
}

/// <summary>Keeps JSON of up to 32 KiB that the next attempt of the task receives with its assignment. It replaces the one before.</summary>
public sealed record TaskCheckpoint : LeaseMessage
{
    public override string Type => "task.checkpoint";

    public required RawJson Checkpoint { get; init; }
}

/// <summary>Answers a question, once.</summary>
public sealed record TaskAnswer : ClientMessage
{
    public override string Type => "task.answer";

    public required string Question { get; init; }

    /// <summary>One of the choices, or JSON that satisfies the schema, or any JSON but null for a question with neither.</summary>
    public required RawJson Answer { get; init; }
}

public sealed record QuestionShow : ClientMessage
{
    public override string Type => "question.show";

    public required string Question { get; init; }
}

/// <summary>Lists questions, the newest first.</summary>
public sealed record QuestionList : ClientMessage
{
    public override string Type => "question.list";

    /// <summary>Only those of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Only those of this task.</summary>
    public string? Task { get; init; }

    /// <summary>Only those in this state.</summary>
    public QuestionState? State { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Brings the answer to a worker that holds its task and waits. The hub sends it again after each reconnect of the worker.</summary>
public sealed record Answered : HubMessage
{
    public override string Type => "answer";

    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public required QuestionAnswer Answer { get; init; }
}
