using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.Survey.State;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Demo;

/// <summary>
/// Counts the outcome of every file after the run, from the tasks in the hub's store and from its log. It does not use the live observations, so each checks
/// the other.
/// </summary>
internal sealed class Audit
{
    private readonly Dictionary<string, int> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Ends, bool Completed)> _files = new(StringComparer.Ordinal);

    public static async Task<AuditResult> CountAsync(HubLog log, string since, WaggleClient client, string scoutTask, CancellationToken cancel)
    {
        var audit = new Audit();
        await log.ReadAsync(since, record => audit.Add(record.Kind, record.Data), cancel);
        await foreach (var task in client.ListTasksAsync(new TaskFilter { Parent = scoutTask, Ascending = true, PageSize = 500 }, cancel)) audit.Add(task);
        var scout = await client.ShowTaskAsync(scoutTask, cancel);
        var listed = JsonSerializer.Deserialize(scout.Result.Utf8.Span, SurveyTaskJson.Default.ScoutResult)!.Files;
        return audit.Result(listed);
    }

    /// <summary>Adds a record of the log.</summary>
    public void Add(string kind, JsonElement data)
    {
        if (kind is not ("task_completed" or "task_failed" or "task_cancelled" or "task_expired")) return;
        var task = data.GetProperty("task").GetString()!;
        _ends[task] = _ends.GetValueOrDefault(task) + 1;
    }

    /// <summary>Adds a stored task. Add the whole log first.</summary>
    public void Add(TaskView task)
    {
        if (task.Spec.Type != SurveyTasks.MeasureType) return;
        var path = SurveyTasks.PathOf(task.Spec);
        var (ends, completed) = _files.GetValueOrDefault(path);
        // A task has ended only if both the store and the log contain its end.
        var ended = task.State.IsTerminal() ? _ends.GetValueOrDefault(task.Id) : 0;
        _files[path] = (ends + ended, completed || (ended > 0 && task.State == TaskState.Completed));
    }

    public AuditResult Result(int listed)
    {
        var ended = _files.Values.Count(file => file.Ends > 0);
        var measured = _files.Values.Count(file => file.Completed);
        return new AuditResult(listed, measured, ended - measured, listed - ended, _files.Values.Count(file => file.Ends > 1));
    }
}
