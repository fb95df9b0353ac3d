using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Survey.Reports;
using Waggle.Survey.Voting;

namespace Waggle.Survey.Workers;

/// <summary>Reads the results of all file tasks from the hub in pages, writes the report, and puts the hot spots into the swarm's memory.</summary>
internal sealed class Reporter(WaggleClient client, string directory, string output, TimeProvider time) : IRole
{
    public const string MarkdownName = "report.md";
    public const string JsonName = "report.json";

    private const int PageSize = 200;

    public string Capability => SurveyTasks.ReportCapability;

    public async ValueTask<RawJson> HandleAsync(TaskWork work, CancellationToken cancel)
    {
        var input = JsonSerializer.Deserialize(work.Input.Utf8.Span, SurveyTaskJson.Default.ReportInput)!;
        var report = new SurveyReport(directory, SurveyReport.UsualMethod, time.GetUtcNow());
        foreach (var entry in input.Skipped) report.AddFailure(entry.Path, entry.Reason);
        if (input.SkippedBesides > 0) report.AddFailure("…", $"{input.SkippedBesides} more directories and links could not be entered");
        await ReadAsync(work, report, Math.Max(1, input.Files), cancel);

        var summary = report.Summarize();
        var markdown = Path.Combine(output, MarkdownName);
        var json = Path.Combine(output, JsonName);
        Directory.CreateDirectory(output);
        Write(markdown, work.Token, report.WriteMarkdown);
        Write(json, work.Token, writer => writer.WriteLine(report.ToJson()));
        await HotSpots.PutAsync(client, work.Swarm, summary.HotSpots, cancel);
        var result = new ReportResult(markdown, json, report.Measured, report.Failed, summary.Languages.Count);
        return RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(result, SurveyTaskJson.Default.ReportResult));
    }

    private async Task ReadAsync(TaskWork work, SurveyReport report, int files, CancellationToken cancel)
    {
        var read = 0;
        var filter = new TaskFilter { Swarm = work.Swarm, Parent = work.Spec.Parent, Ascending = true, PageSize = PageSize };
        await foreach (var task in client.ListTasksAsync(filter, cancel))
        {
            if (task.Spec.Type != SurveyTasks.MeasureType) continue;
            if (task.State == TaskState.Completed) report.Add(JsonSerializer.Deserialize(task.Result.Utf8.Span, SurveyJson.Default.FileMeasure)!);
            else report.AddFailure(SurveyTasks.PathOf(task.Spec), task.Error?.Message ?? task.State.ToString().ToLowerInvariant());
            if (++read % PageSize == 0) await work.ReportProgressAsync(Math.Min(1, (double)read / files), $"{read} results read");
        }
    }

    /// <summary>Writes the file atomically, even if another reporter runs: the attempt's token names the file until it is complete.</summary>
    private static void Write(string path, long token, Action<TextWriter> write)
    {
        var part = $"{path}.{token}.part";
        using (var writer = new StreamWriter(part)) write(writer);
        File.Move(part, path, overwrite: true);
    }
}
