using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>The questions as a decision sees them.</summary>
internal interface IQuestionView
{
    int OpenCount { get; }

    /// <summary>Returns an open question, or a closed one whose key the command named.</summary>
    QuestionEntity? Question(string id);

    /// <summary>Returns the tasks whose open questions an agent asked.</summary>
    IEnumerable<string> WaitingTasks(string agent);
}

/// <summary>The open questions, by the task that waits. A task waits for one question at a time.</summary>
internal sealed class QuestionsState : FeatureState, IQuestionView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<QuestionEntity> _questions;
    private readonly Dictionary<string, string> _byTask = new(StringComparer.Ordinal);
    private readonly QuestionMetrics _metrics;

    public QuestionsState(HiveContext hive)
    {
        _hive = hive;
        _metrics = hive.Metrics.Of(static metrics => new QuestionMetrics(metrics.Instruments));
        _questions = hive.Table(QuestionFeature.Questions);
        hive.Timer(QuestionEntity.Entity.Name, id => new QuestionTimer(id) { By = hive.Hub });
        hive.On<QuestionAsked>((r, offset, at) => Open(QuestionEvolver.Ask(r, offset, at)));
        hive.On<QuestionClosed>((r, _, at) => Close(QuestionEvolver.Close(_questions[r.Question]!, r, at)));
        hive.On<TaskRecord>((r, _, _) => Follow(r));
        hive.Views.Add<IQuestionView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public int OpenCount => _questions.OpenCount;

    public QuestionEntity? Question(string id) => _questions[id];

    public IEnumerable<string> WaitingTasks(string agent) => _questions.Open.Where(q => q.Shown.Agent == agent).Select(q => q.Shown.Task);

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var question in _questions.Open) Index(question);
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, OpenCount);

    public override void Reset() => _byTask.Clear();

    private void Open(QuestionEntity question)
    {
        _questions.Put(question);
        Index(question);
    }

    private void Index(QuestionEntity question)
    {
        _byTask[question.Shown.Task] = question.Id;
        _hive.Timers.Set(QuestionEntity.KeyOf(question.Id), question.Shown.Deadline);
    }

    private void Close(QuestionEntity question)
    {
        _questions.Put(question);
        if (_byTask.GetValueOrDefault(question.Shown.Task) == question.Id) _byTask.Remove(question.Shown.Task);
        _hive.Timers.Set(QuestionEntity.KeyOf(question.Id), null);
    }

    // A task that goes on without an answer, or ends, does not need one any more.
    private void Follow(TaskRecord record)
    {
        if (record.State != TaskState.InputRequired && _byTask.TryGetValue(record.Task, out var id))
            _hive.Reactions.Enqueue(new CancelQuestion(id) { By = _hive.Hub });
    }

    private sealed class Reachable(IQuestionView whole, Principal by) : IQuestionView
    {
        public int OpenCount => whole.OpenCount;

        public QuestionEntity? Question(string id) => whole.Question(id) is { } question && by.Reaches(question.Shown.Swarm) ? question : null;

        public IEnumerable<string> WaitingTasks(string agent) => whole.WaitingTasks(agent);
    }
}

internal static class QuestionViewExtensions
{
    extension(IHiveView view)
    {
        public QuestionEntity? Question(string id) => view.View<IQuestionView>().Question(id);

        public int OpenQuestions => view.View<IQuestionView>().OpenCount;

        public IEnumerable<string> WaitingTasks(string agent) => view.View<IQuestionView>().WaitingTasks(agent);
    }
}
