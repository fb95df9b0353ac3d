using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>The questions as a decision sees them.</summary>
internal interface IQuestionView
{
    int OpenCount { get; }

    /// <summary>The size of the open questions together.</summary>
    long OpenBytes { get; }

    /// <summary>Returns the number of the open questions of a swarm.</summary>
    int OpenIn(string swarm);

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
    private readonly Dictionary<string, List<string>> _tasksByAgent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _bySwarm = new(StringComparer.Ordinal);
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
        hive.On<TaskPurged>((purged, _, _) => Purge(purged.Task));
        hive.Views.Add<IQuestionView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public int OpenCount => _questions.OpenCount;

    public long OpenBytes { get; private set; }

    public int OpenIn(string swarm) => _bySwarm.GetValueOrDefault(swarm);

    public QuestionEntity? Question(string id) => _questions[id];

    public IEnumerable<string> WaitingTasks(string agent) => _tasksByAgent.GetValueOrDefault(agent) ?? [];

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var question in _questions.Open) Index(question);
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, OpenCount);

    public override void Reset()
    {
        _byTask.Clear();
        _tasksByAgent.Clear();
        _bySwarm.Clear();
        OpenBytes = 0;
    }

    private void Open(QuestionEntity question)
    {
        _questions.Put(question);
        Index(question);
    }

    private void Index(QuestionEntity question)
    {
        var shown = question.Shown;
        _byTask[shown.Task] = question.Id;
        if (!_tasksByAgent.TryGetValue(shown.Agent, out var tasks)) _tasksByAgent[shown.Agent] = tasks = [];
        tasks.Add(shown.Task);
        _bySwarm[shown.Swarm] = OpenIn(shown.Swarm) + 1;
        OpenBytes += question.Bytes;
        _hive.Timers.Set(QuestionEntity.KeyOf(question.Id), shown.Deadline);
    }

    private void Close(QuestionEntity question)
    {
        _questions.Put(question);
        var shown = question.Shown;
        if (_byTask.GetValueOrDefault(shown.Task) == question.Id) _byTask.Remove(shown.Task);
        if (_tasksByAgent.TryGetValue(shown.Agent, out var tasks) && tasks.Remove(shown.Task) && tasks.Count == 0) _tasksByAgent.Remove(shown.Agent);
        if (OpenIn(shown.Swarm) is > 1 and var open) _bySwarm[shown.Swarm] = open - 1;
        else _bySwarm.Remove(shown.Swarm);
        OpenBytes -= question.Bytes;
        _hive.Timers.Set(QuestionEntity.KeyOf(question.Id), null);
    }

    private void Purge(string task)
    {
        foreach (var question in _questions.Closed.Where(q => q.Shown.Task == task).ToArray()) _questions.Put(QuestionErasure.Of(question));
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

        public long OpenBytes => whole.OpenBytes;

        public int OpenIn(string swarm) => whole.OpenIn(swarm);

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
