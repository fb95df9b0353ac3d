using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.Survey.State;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Demo;

/// <summary>
/// Counts afterwards what became of every file: from the tasks as the hub stores them and from its log of what happened. Not from what was observed meanwhile,
/// so that one is a check of the other.
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

    /// <summary>A record of the log.</summary>
    public void Add(string kind, JsonElement data)
    {
        if (kind is not ("task_completed" or "task_failed" or "task_cancelled" or "task_expired")) return;
        var task = data.GetProperty("task").GetString()!;
        _ends[task] = _ends.GetValueOrDefault(task) + 1;
    }

    /// <summary>A task as it is stored; the log must be in already.</summary>
    public void Add(TaskView task)
    {
        if (task.Spec.Type != SurveyTasks.MeasureType) return;
        var path = SurveyTasks.PathOf(task.Spec);
        var (ends, completed) = _files.GetValueOrDefault(path);
        // Ended in the store or in the log alone is not ended.
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
