using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>
/// Asks a question about the task that a worker holds. The attempt ends and its slot is free, unless the worker keeps its lease; the answer then starts
/// another attempt.
/// </summary>
/// <param name="Checkpoint">The checkpoint to keep with the question; JSON null leaves the task's checkpoint as it is.</param>
public sealed record AskQuestion(LeaseRef Lease, QuestionSpec Question, RawJson Checkpoint = default) : LeaseCommand(Lease)
{
    public override int Bytes => Question.Text.Length + Question.Schema.Utf8.Length + Checkpoint.Utf8.Length;

    protected override string? EndsAs => Question.Hold ? null : AttemptOutcomes.Asked;

    public override Error? Malformed() => QuestionRules.Problem(Question) ?? KeepCheckpoint.Problem(Checkpoint);

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        base.CollectColdKeys(view, keys);
        if (Question.Key is { } key) keys.Add(QuestionEntity.KeyOf(IdUnder(key)));
    }

    internal override async ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel)
    {
        if (Question.Schema.IsNull || !By.Allowed(Right) || Malformed() is not null) return (this, null);
        await ThreadPoolSwitch.Switch();
        return (this, QuestionRules.SchemaProblem(Question));
    }

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (Existing(view) is { } asked) return Again(task, asked);
        if (task.State == TaskState.Cancelling)
            return Decision.Reject(ErrorCodes.InvalidState, $"Task {task.Id} is being cancelled, so nobody answers its questions.");
        if (task.State == TaskState.InputRequired)
            return Decision.Reject(ErrorCodes.InvalidState, $"Task {task.Id} waits for the answer to question {task.Question?.Id}; it asks one at a time.");
        if (!Question.Hold && Question.Key is { } name && !KeptAnswers.HaveRoom(task.Answers, name))
        {
            return Decision.Reject(
                ErrorCodes.TooLarge,
                $"Task {task.Id} keeps {task.Answers!.Count} answers, and has no room for another: it keeps at most {Limits.MaxKeptAnswers} of "
                + $"{Limits.MaxKeptAnswerBytes} bytes together.");
        }

        if (QuestionRules.QuotaProblem(Question, task.Swarm, view.View<IQuestionView>()) is { } full) return Decision.Reject(full, []);
        var id = Question.Key is { } key ? IdUnder(key) : view.NextId(IdPrefix.Question);
        var records = new List<RecordData>();
        if (task.Lease!.StartedAt is null)
        {
            records.Add(Started(task, view));
            task = task with { State = TaskState.Running };
        }

        if (!Checkpoint.IsNull) records.AddRange(KeepCheckpoint.Records(task, Checkpoint));
        records.Add(task.Record(() => new TaskInputRequired
        {
            Task = task.Id,
            Title = task.Spec.Title,
            State = TaskState.InputRequired,
            Question = id,
            Agent = task.Lease!.Agent,
            QuestionText = Question.Text,
            Ended = Question.Hold ? null : AttemptEnding.End(task, view, AttemptOutcomes.Asked),
        }));
        records.Add(Asked(task, id, context.Now));
        records.Add(new NotificationSent
        {
            Id = view.NextId(IdPrefix.Notification),
            Level = NotificationLevel.Warning,
            Message = QuestionNotice.Of(task.Id, task.Spec.Title, id, Question.Text),
            Swarm = task.Swarm,
            SentBy = task.Lease.Agent,
        });
        if (Question.Hold) records.Add(Extend(task, context));
        return Decision.Of(new TaskAck(task.Id, TaskState.InputRequired) { Question = id }, records);
    }

    // A request that is repeated after a broken connection gets its first answer again.
    protected override Decision<TaskAck> Stale(TaskEntity task, string agent, IHiveView view, in DecisionContext context) =>
        base.Stale(task, agent, view, context) is { Error: null, Value: { } ack }
            ? Decision.Of(ack with { Question = Existing(view)?.Id ?? (task.Question?.Attempt == Lease.Attempt ? task.Question.Id : null) })
            : StaleLease(task);

    private Decision<TaskAck> Again(TaskEntity task, QuestionView asked) => asked.Text == Question.Text
        ? Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true, task.CancelRequested) { Question = asked.Id })
        : IdempotentId.Conflict(Question.Key!, $"question {asked.Id}");

    private QuestionView? Existing(IHiveView view) => Question.Key is { } key ? view.Question(IdUnder(key))?.Shown : null;

    private string IdUnder(string key) =>
        IdempotentId.Of(IdPrefix.Question, Lease.Task, Lease.Token.ToString(System.Globalization.CultureInfo.InvariantCulture), key);

    private QuestionAsked Asked(TaskEntity task, string id, DateTimeOffset now) => new()
    {
        Question = id,
        Task = task.Id,
        Title = task.Spec.Title,
        Swarm = task.Swarm,
        Agent = task.Lease!.Agent,
        Attempt = task.Lease.Attempt,
        QuestionText = Question.Text,
        Choices = Question.Choices,
        Schema = Question.Schema,
        Default = Question.Default,
        Hold = Question.Hold,
        Key = Question.Key,
        Deadline = QuestionRules.Deadline(Question, now),
    };
}
