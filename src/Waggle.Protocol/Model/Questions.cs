using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The state of a question.</summary>
[JsonConverter(typeof(SnakeCaseEnum<QuestionState>))]
public enum QuestionState
{
    /// <summary>The question waits for an answer.</summary>
    Open,

    /// <summary>A user or an agent answered.</summary>
    Answered,

    /// <summary>The deadline passed and the default became the answer.</summary>
    Defaulted,

    /// <summary>The deadline passed without a default, so the task failed.</summary>
    Expired,

    /// <summary>The task ended or went on without an answer.</summary>
    Cancelled,
}

/// <summary>A question that a worker asks about its task. Only the text is required.</summary>
public sealed record QuestionSpec
{
    /// <summary>The question, 1 to 10,000 characters.</summary>
    public required string Text { get; init; }

    /// <summary>The permitted answers, at most 50. The answer is then one of these texts. An approval has <c>yes</c> and <c>no</c>.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>A JSON schema (2020-12) that the answer satisfies, at most 16 KiB; not together with choices.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Schema { get; init; }

    /// <summary>The time for an answer in milliseconds, 100 to 365 days. Default one day.</summary>
    public long? DeadlineMs { get; init; }

    /// <summary>The answer that counts once the deadline has passed. Without it the task then fails.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Default { get; init; }

    /// <summary>Whether the worker keeps the lease and its slot and waits. Otherwise the attempt ends, and the answer starts another one.</summary>
    public bool Hold { get; init; }

    /// <summary>A name for the question within its task. A repeated request with the same key in the same attempt asks nothing twice.</summary>
    public string? Key { get; init; }
}

/// <summary>A question as it is shown.</summary>
public sealed record QuestionView
{
    public required string Id { get; init; }
    public required string Task { get; init; }

    /// <summary>The title of the task.</summary>
    public required string Title { get; init; }
    public required string Swarm { get; init; }

    /// <summary>The agent that asked.</summary>
    public required string Agent { get; init; }
    public required int Attempt { get; init; }
    public required string Text { get; init; }
    public IReadOnlyList<string>? Choices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Schema { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Default { get; init; }
    public bool Hold { get; init; }
    public string? Key { get; init; }
    public required QuestionState State { get; init; }
    public required DateTimeOffset AskedAt { get; init; }
    public required DateTimeOffset Deadline { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The subject that answered; null for a question without an answer of a user or an agent.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>The answer, also a default one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Answer { get; init; }

    /// <summary>Whether this reply repeats an answer that the same subject gave before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}

/// <summary>The answer to a question of a task, as its worker receives it.</summary>
public sealed record QuestionAnswer
{
    public required string Question { get; init; }

    /// <summary>The key that the worker gave to the question.</summary>
    public string? Key { get; init; }

    /// <summary>The attempt that asked.</summary>
    public required int Attempt { get; init; }

    /// <summary><see cref="QuestionState.Answered"/> or <see cref="QuestionState.Defaulted"/>.</summary>
    public required QuestionState State { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Answer { get; init; }

    /// <summary>The subject that answered; null for a default.</summary>
    public string? AnsweredBy { get; init; }
}
