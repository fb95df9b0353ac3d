using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Validation;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>Answers a question, once. The task then goes on with its worker, or in the queue for another attempt.</summary>
public sealed record AnswerQuestion(string Question, RawJson Answer) : Command<QuestionView>
{
    public override string Right => Permissions.WriteQuestions;

    public override int Bytes => Answer.Utf8.Length;

    public override string? Refusal(IHiveView hive) =>
        (By.Agent ?? By.OnlyAgent) is { } agent && hive.Question(Question) is { } asked ? RelatedTasks.Refusal(agent, asked.Shown, hive) : null;

    public override Error? Malformed() => Ids.IsValid(Question) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("question", Question));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Question(Question) is not { } asked) keys.Add(QuestionEntity.KeyOf(Question));
        else RelatedTasks.CollectColdKeys(asked.Shown, view, keys);
    }

    internal override async ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel)
    {
        if (!By.Allowed(Right) || Malformed() is not null || Answer.Utf8.Length > Limits.MaxAnswerBytes) return (this, null);
        var stored = await reader.GetAsync([QuestionEntity.KeyOf(Question)], cancel);
        if (stored.Count == 0 || reader.Parse(stored[0], QuestionFeature.Questions)?.Shown is not { } asked) return (this, null);

        // The loop answers for a question that is closed or not within reach.
        if (asked.State != QuestionState.Open || asked.Schema.IsNull || !By.Reaches(asked.Swarm) || Answer.IsNull) return (this, null);
        return JsonSchemas.Mismatch(asked.Schema, Answer) is { } fault
            ? (this, new(ErrorCodes.InvalidRequest, $"answer does not satisfy the question's schema. {fault}"))
            : (this, null);
    }

    public override Decision<QuestionView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Question(Question)?.Shown is not { } asked) return Missing(Question);
        if (asked.State == QuestionState.Answered && asked.AnsweredBy == By.Subject && asked.Answer == Answer)
            return Decision.Of(asked with { Duplicate = true });
        if (asked.State != QuestionState.Open) return Closed(asked);
        if (asked.Deadline <= context.Now) return Late(asked);
        if (QuestionRules.AnswerProblem(asked, Answer) is { } problem) return Decision.Reject(problem, []);
        if (view.Task(asked.Task) is not { Question.Id: var waits } task || waits != asked.Id) return Closed(asked with { State = QuestionState.Cancelled });
        var records = QuestionEnding.Answer(asked, task, QuestionState.Answered, Answer, By.Subject);
        return Decision.Of(asked with { State = QuestionState.Answered, ClosedAt = context.Now, AnsweredBy = By.Subject, Answer = Answer }, records);
    }

    internal static Effect Missing(string id) => Decision.Reject(ErrorCodes.NotFound, $"There is no question '{id}'.");

    private static Effect Closed(QuestionView asked) => asked.State switch
    {
        QuestionState.Answered => Decision.Reject(
            ErrorCodes.QuestionClosed, $"Question {asked.Id} was answered by '{asked.AnsweredBy}' at {asked.ClosedAt:yyyy-MM-dd HH:mm:ss}Z."),
        QuestionState.Cancelled => Decision.Reject(
            ErrorCodes.QuestionClosed, $"Question {asked.Id} is closed: task {asked.Task} does not wait for its answer any more."),
        _ => Late(asked),
    };

    private static Effect Late(QuestionView asked) => Decision.Reject(
        ErrorCodes.QuestionClosed,
        $"The deadline of question {asked.Id} was {asked.Deadline:yyyy-MM-dd HH:mm:ss}Z; "
        + (asked.Default.IsNull ? $"task {asked.Task} fails without an answer." : "the default answer counts."));
}
