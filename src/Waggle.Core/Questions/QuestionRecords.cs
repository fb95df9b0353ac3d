using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>A change of a question.</summary>
public abstract record QuestionRecord : RecordData
{
    [JsonIgnore]
    public sealed override string Topic => field ??= $"question.{Question}";

    internal sealed override RecordData Erased() => QuestionErasure.Of(this);

    public required string Question { get; init; }
    public required string Task { get; init; }

    /// <summary>The title of the task.</summary>
    public required string Title { get; init; }

    /// <summary>The agent that asked.</summary>
    public required string Agent { get; init; }
    public required int Attempt { get; init; }
}

/// <summary>Records that a worker asked.</summary>
public sealed record QuestionAsked : QuestionRecord
{
    [JsonIgnore]
    public override string Kind => "question_asked";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Question, Question);

    /// <summary>The text of the question.</summary>
    public required string QuestionText { get; init; }
    public IReadOnlyList<string>? Choices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Schema { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Default { get; init; }
    public required bool Hold { get; init; }
    public string? Key { get; init; }
    public required DateTimeOffset Deadline { get; init; }
}

/// <summary>Records that a question is closed, with its answer if there is one.</summary>
public sealed record QuestionClosed : QuestionRecord
{
    [JsonIgnore]
    public override string Kind => "question_closed";

    public required QuestionState State { get; init; }

    /// <summary>The subject that answered; null for a question without an answer of a user or an agent.</summary>
    public string? AnsweredBy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Answer { get; init; }
}
