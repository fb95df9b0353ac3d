using System.Text.Json;
using Waggle.Client;
using Waggle.Commands.Shared;
using Waggle.Core.Hives;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Demo;

/// <param name="Listed">How many files the scout says it listed.</param>
/// <param name="Measured">Files with a completed task, and a record of its completion.</param>
/// <param name="Failed">Files whose task ended otherwise, which the report names.</param>
/// <param name="Lost">Files that ended in no way.</param>
/// <param name="Twice">Files that ended more than once.</param>
internal sealed record AuditResult(int Listed, int Measured, int Failed, int Lost, int Twice)
{
    public bool IsWhole => Lost == 0 && Twice == 0;

    public override string ToString() =>
        $"{Measured} of {Listed} {(Listed == 1 ? "file" : "files")} measured, {(Failed > 0 ? $"{Failed} failed and are in the report, " : "")}{Lost} lost, {Twice} twice";
}

/// <summary>
/// Counts afterwards what became of every file: from the tasks as the hub stores them and from its log of what happened. Not from what was observed meanwhile,
/// so that one is a check of the other.
/// </summary>
internal sealed class Audit
{
    private const int RowsRead = 200;

    private readonly Dictionary<string, int> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Ends, bool Completed)> _files = new(StringComparer.Ordinal);

    public static async Task<AuditResult> CountAsync(IHive hive, Position since, WaggleClient client, string scoutTask, CancellationToken cancel)
    {
        var audit = new Audit();
        await audit.ReadLogAsync(hive, since, cancel);
        await foreach (var task in client.ListTasksAsync(new TaskFilter { Parent = scoutTask, Ascending = true, PageSize = 500 }, cancel)) audit.Add(task);
        var scout = await client.ShowTaskAsync(scoutTask, cancel);
        var listed = JsonSerializer.Deserialize(scout.Result.Utf8.Span, DemoJson.Default.ScoutResult)!.Files;
        return audit.Result(listed);
    }

    /// <summary>A record of the log.</summary>
    public void Add(string kind, ReadOnlySpan<byte> data)
    {
        if (kind is not ("task_completed" or "task_failed" or "task_cancelled" or "task_expired")) return;
        var task = JsonSerializer.Deserialize(data, DemoJson.Default.Particulars)!.Task!;
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

    private async Task ReadLogAsync(IHive hive, Position since, CancellationToken cancel)
    {
        while (true)
        {
            var history = await hive.ReadAsync(since, RowsRead, cancel);
            if (!history.Known) throw new CliException("the hub's log no longer reaches back to the beginning of the survey");
            foreach (var record in history.Records) Add(record.Kind, record.Data.Span);
            if (history.AtHead) return;
            since = since with { Offset = history.End };
        }
    }
}
