using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Core.Validation;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>Checks a question before it is asked, and an answer before it counts.</summary>
internal static class QuestionRules
{
    private const long DayMs = 86_400_000;
    private const long LeastMs = 100;

    public static Error? Problem(QuestionSpec spec)
    {
        if (string.IsNullOrWhiteSpace(spec.Text)) return Bad("question.text is empty.");
        if (TextRules.Problem("question.text", spec.Text) is { } problem) return problem;
        if (spec.Key is { } key && !Ids.IsValid(key)) return Bad(Ids.Rule("question.key", key));
        if (spec.DeadlineMs is { } ms && ms is < LeastMs or > Limits.MaxQuestionDays * DayMs)
            return Bad($"question.deadline_ms is {LeastMs} to {Limits.MaxQuestionDays * DayMs}; it was {spec.DeadlineMs}.");
        return spec.Choices is { } choices ? ChoicesProblem(spec, choices) : SizeProblem("question.default", spec.Default);
    }

    /// <summary>Checks that the open questions have room for another one.</summary>
    public static Error? QuotaProblem(QuestionSpec spec, string swarm, IQuestionView open)
    {
        if (open.OpenCount >= Limits.MaxOpenQuestions) return Full($"The hive has {Limits.MaxOpenQuestions} open questions, as many as it may");
        if (open.OpenIn(swarm) >= Limits.MaxOpenQuestionsPerSwarm)
            return Full($"Swarm '{swarm}' has {Limits.MaxOpenQuestionsPerSwarm} open questions, as many as it may");
        return open.OpenBytes + Bytes(spec.Text, spec.Choices, spec.Schema, spec.Default) > Limits.MaxOpenQuestionBytes
            ? Full($"The open questions of the hive have {open.OpenBytes} of {Limits.MaxOpenQuestionBytes} bytes")
            : null;
    }

    /// <summary>Returns the approximate size of a question in memory.</summary>
    public static int Bytes(string text, IReadOnlyList<string>? choices, RawJson schema, RawJson otherwise) =>
        (2 * (text.Length + (choices?.Sum(c => c.Length) ?? 0))) + schema.Utf8.Length + otherwise.Utf8.Length;

    public static DateTimeOffset Deadline(QuestionSpec spec, DateTimeOffset now) => now + TimeSpan.FromMilliseconds(spec.DeadlineMs ?? DayMs);

    /// <summary>Checks the schema and the default against it. It can take long, so it runs outside the owner's loop.</summary>
    public static Error? SchemaProblem(QuestionSpec spec)
    {
        if (spec.Schema.IsNull) return null;
        if (JsonSchemas.Problem("question.schema", spec.Schema) is { } problem) return problem;
        return spec.Default.IsNull || JsonSchemas.Mismatch(spec.Schema, spec.Default) is not { } fault
            ? null
            : Bad($"question.default does not satisfy the schema: {fault}");
    }

    /// <summary>Returns the fault of an answer, its schema apart.</summary>
    public static Error? AnswerProblem(QuestionView question, RawJson answer)
    {
        if (answer.IsNull) return Bad("answer is missing.");
        if (SizeProblem("answer", answer) is { } size) return size;
        return question.Choices is not { } choices || IsChoice(choices, answer) ? null : Bad($"answer is one of: {string.Join(", ", choices)}.");
    }

    private static Error? ChoicesProblem(QuestionSpec spec, IReadOnlyList<string> choices)
    {
        if (!spec.Schema.IsNull) return Bad("question has either choices or a schema.");
        if (choices.Count is 0 or > Limits.MaxOptions) return Bad($"question.choices has 1 to {Limits.MaxOptions} entries; there were {choices.Count}.");
        if (choices.Any(c => c is null || c.Length is 0 or > Limits.MaxOptionLength))
            return Bad($"question.choices: each has 1 to {Limits.MaxOptionLength} characters.");
        if (choices.Distinct(StringComparer.Ordinal).Count() != choices.Count) return Bad("question.choices names a choice twice.");
        return spec.Default.IsNull || IsChoice(choices, spec.Default) ? null : Bad($"question.default is one of the choices: {string.Join(", ", choices)}.");
    }

    private static bool IsChoice(IReadOnlyList<string> choices, RawJson answer) =>
        answer.ToElement() is { ValueKind: JsonValueKind.String } text && choices.Contains(text.GetString(), StringComparer.Ordinal);

    private static Error? SizeProblem(string field, RawJson answer) => answer.Utf8.Length > Limits.MaxAnswerBytes
        ? new(ErrorCodes.TooLarge, $"{field} has at most {Limits.MaxAnswerBytes} bytes; it had {answer.Utf8.Length}.")
        : null;

    private static Error Full(string what) => new(ErrorCodes.QuotaExceeded, $"{what}: answer one.");

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
