using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>The ways in which a question ends, and what then happens to its task.</summary>
internal static class QuestionEnding
{
    /// <summary>Closes a question with an answer. Its task goes on with the worker that holds it, or in the queue.</summary>
    public static IReadOnlyList<RecordData> Answer(QuestionView asked, TaskEntity task, QuestionState state, RawJson answer, string? by) =>
    [
        Close(asked, state) with { Answer = answer, AnsweredBy = by },
        task.Record(() => new TaskAnswered
        {
            Task = task.Id,
            Title = task.Spec.Title,
            State = task.IsHeld ? TaskState.Running : TaskState.Pending,
            Agent = asked.Agent,
            Answer = new() { Question = asked.Id, Key = asked.Key, Attempt = asked.Attempt, State = state, Answer = answer, AnsweredBy = by },
        }),
    ];

    public static QuestionClosed Close(QuestionView asked, QuestionState state) => new()
    {
        Question = asked.Id,
        Task = asked.Task,
        Title = asked.Title,
        Swarm = asked.Swarm,
        Agent = asked.Agent,
        Attempt = asked.Attempt,
        State = state,
    };
}

/// <summary>Closes a question whose task goes on or ended without an answer.</summary>
internal sealed record CancelQuestion(string Question) : Command<NoResult>
{
    public override string Right => Permissions.WriteQuestions;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.Question(Question)?.Shown is { State: QuestionState.Open } asked
            ? Decision.OfRecords(QuestionEnding.Close(asked, QuestionState.Cancelled))
            : Decision.Nothing;
}

/// <summary>Handles the deadline of a question: its default becomes the answer, or its task fails.</summary>
internal sealed record QuestionTimer(string Question) : Command<NoResult>
{
    public override string Right => Permissions.WriteQuestions;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Question(Question)?.Shown is not { State: QuestionState.Open } asked || asked.Deadline > context.Now) return Decision.Nothing;
        if (view.Task(asked.Task) is not { Question.Id: var waits } task || waits != asked.Id)
            return Decision.OfRecords(QuestionEnding.Close(asked, QuestionState.Cancelled));
        if (!asked.Default.IsNull) return Decision.OfRecords(QuestionEnding.Answer(asked, task, QuestionState.Defaulted, asked.Default, by: null));
        return Decision.OfRecords(QuestionEnding.Close(asked, QuestionState.Expired), AttemptEnding.Unanswered(task, view, asked.Id));
    }
}
