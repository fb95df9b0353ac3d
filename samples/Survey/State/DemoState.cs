using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Survey.Workers;

namespace Waggle.Survey.State;

/// <summary>
/// The demo's view of its survey, folded from its observations of the hub and of its worker processes. No clock, no I/O. Several threads write and the view
/// reads; each holds <see cref="Gate"/>.
/// </summary>
internal sealed class DemoState(string swarm)
{
    // The limit keeps a tree full of binaries from filling the view; the report has all failures.
    private const int FailuresTold = 5;

    private readonly Dictionary<string, DemoTask> _open = new(StringComparer.Ordinal);
    private readonly List<DemoEvent> _events = [];
    private readonly List<Takeover> _takeovers = [];
    private bool _scoutEnded;
    private SurveyEnd? _reportEnd;

    public Lock Gate { get; } = new();

    public string Swarm => swarm;

    public AgentBoard Agents { get; } = new();

    public WorkerBoard Workers { get; } = new();

    public Kill? Kill { get; private set; }

    /// <summary>The number of files that have a task.</summary>
    public int Listed { get; private set; }

    public int Completed { get; private set; }

    public int Failed { get; private set; }

    public int Ended => Completed + Failed;

    /// <summary>The number of assignments, over all tasks and attempts.</summary>
    public int Assignments { get; private set; }

    /// <summary>Whether the report's task exists, so that no more files follow.</summary>
    public bool IsListed { get; private set; }

    public bool IsHalfDone => IsListed && Listed > 0 && 2 * Ended >= Listed;

    /// <summary>The hub's time of the first assignment of a file.</summary>
    public DateTimeOffset? FirstAssignedAt { get; private set; }

    public DateTimeOffset? LastEndedAt { get; private set; }

    public IReadOnlyList<DemoEvent> Events => _events;

    public IReadOnlyList<Takeover> Takeovers => _takeovers;

    /// <summary>The end of the survey; null while it runs. The scout's last record can arrive after the report's.</summary>
    public SurveyEnd? End => _reportEnd is { Succeeded: true } && !_scoutEnded ? null : _reportEnd;

    public void Apply(RecordMessage record)
    {
        // A data folder that is kept also contains the surveys of earlier runs.
        if (record.Swarm != swarm) return;
        var data = JsonSerializer.Deserialize(record.Data.Utf8.Span, StateJson.Default.Particulars)!;
        if (record.Topic.StartsWith("agent.", StringComparison.Ordinal)) Agents.Apply(data);
        else if (record.Kind == "task_created") Created(data);
        else if (data.Task is { } id && _open.TryGetValue(id, out var task)) Apply(record, data, task);
    }

    public void Started(DateTimeOffset at, string name, string role, int pid)
    {
        Workers.Started(name, role, pid);
        Tell(at, $"Started {name} (pid {pid})");
    }

    public void Killed(DateTimeOffset at, Kill kill)
    {
        Kill = kill;
        Workers.Left(kill.Worker, WorkerFate.Killed);
        var held = kill.Held.Select(id => _open.TryGetValue(id, out var task) ? $"{id} ({task.Title})" : id);
        Tell(at, $"Killed {kill.Worker} (pid {kill.Pid}) with SIGKILL while it held {string.Join(" and ", held)}", Tone.Bad);
    }

    /// <summary>Replaces the state by the current tasks and agents, after a gap in the observations; the events stay.</summary>
    public void Reload(IEnumerable<TaskView> tasks, IEnumerable<AgentView> agents)
    {
        _open.Clear();
        Agents.Reload(agents.Where(agent => agent.Swarm == swarm));
        (Listed, Completed, Failed, IsListed) = (0, 0, 0, false);
        foreach (var view in tasks)
        {
            Created(new Particulars { Task = view.Id, Title = view.Spec.Title, Spec = new SpecType(view.Spec.Type ?? "") });
            var task = _open[view.Id];
            if (view.Lease is { } lease) AgentBoard.Give(task, Agents.Of(lease.Agent));
            if (!view.State.IsTerminal()) continue;
            Finished(view.EndedAt ?? view.UpdatedAt, new Particulars { State = view.State, Error = view.Error, Reason = view.CancelReason }, task);
        }
    }

    public void Tell(DateTimeOffset at, string text, Tone tone = Tone.Plain) => _events.Add(new DemoEvent(at, text, tone));

    private void Apply(RecordMessage record, Particulars data, DemoTask task)
    {
        switch (record.Kind)
        {
            case "task_assigned":
                Assigned(record.At, data, task);
                break;
            case "task_progress":
                task.Progress = data.Progress;
                task.Message = data.Message;
                break;
            case "task_requeued" or "task_retry_scheduled":
                if (data.Reason is "lost" or "not_started") task.LostBy = task.Holder;
                AgentBoard.Take(task);
                break;
            case "task_orphan_result":
                Tell(record.At, $"{task.Id} ({task.Title}): {Agents.Of(data.Agent!).Name} came too late with a result; kept aside, not applied");
                break;
            default:
                if (data.State?.IsTerminal() == true) Finished(record.At, data, task);
                break;
        }
    }

    private void Created(Particulars data)
    {
        // A file name may contain any character, but a line of a terminal must not.
        var task = new DemoTask(data.Task!, data.Spec?.Type ?? "", PlainText.OneLine(data.Title ?? ""));
        _open.TryAdd(task.Id, task);
        if (task.Type == SurveyTasks.MeasureType) Listed++;
        if (task.Type == SurveyTasks.ReportType) IsListed = true;
    }

    private void Assigned(DateTimeOffset at, Particulars data, DemoTask task)
    {
        var agent = Agents.Of(data.Agent!, data.AgentName);
        AgentBoard.Give(task, agent);
        Assignments++;
        if (task.Type == SurveyTasks.MeasureType) FirstAssignedAt ??= at;
        if (task.LostBy is not { } loser) return;
        task.LostBy = null;
        var attempt = data.Attempt ?? 0;
        _takeovers.Add(new Takeover(task.Id, task.Title, loser.Name, agent.Name, attempt));
        Tell(at, $"{task.Id} ({task.Title}) taken over by {agent.Name}, attempt {attempt} (the lease of {loser.Name} ran out)", Tone.Good);
    }

    private void Finished(DateTimeOffset at, Particulars data, DemoTask task)
    {
        var succeeded = data.State == TaskState.Completed;
        if (succeeded && data.Ended is { } ended) Agents.Of(ended.Agent).Completed++;
        AgentBoard.Take(task);
        _open.Remove(task.Id);
        var reason = succeeded ? null : data.Error?.Message ?? data.Reason ?? data.State.ToString();
        switch (task.Type)
        {
            case SurveyTasks.MeasureType:
                FileEnded(at, task, reason);
                break;
            case SurveyTasks.ListType:
                _scoutEnded = true;
                if (succeeded) Tell(at, $"The scout has listed {(Listed == 1 ? "1 file" : $"{Listed} files")}");
                else _reportEnd ??= new SurveyEnd(false, $"The files could not be listed: {reason}");
                break;
            case SurveyTasks.ReportType:
                _reportEnd = new SurveyEnd(succeeded, succeeded ? null : $"The report could not be written: {reason}");
                break;
        }
    }

    private void FileEnded(DateTimeOffset at, DemoTask task, string? failure)
    {
        LastEndedAt = at;
        if (failure is null)
        {
            Completed++;
            return;
        }

        Failed++;
        if (Failed <= FailuresTold) Tell(at, $"{task.Title} not measured: {failure}", Tone.Bad);
        else if (Failed == FailuresTold + 1) Tell(at, "More files could not be measured; the report names them", Tone.Bad);
    }
}
