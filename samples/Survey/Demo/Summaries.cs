using System.Text.Json;
using Waggle.Survey.Reports;
using Waggle.Survey.State;

namespace Waggle.Survey.Demo;

/// <summary>Creates the summary: the figures of files from the written report, the others from observations and counts.</summary>
internal static class Summaries
{
    private const int Top = 10;

    public static DemoSummary Of(DemoScene scene, DemoState state, AuditResult files, VoteSummary? vote, string swarm, TimeSpan elapsed)
    {
        var report = JsonSerializer.Deserialize(File.ReadAllText(scene.ReportJson), SurveyJson.Default.SurveySummary)!;
        lock (state.Gate)
        {
            var measuring = state.LastEndedAt - state.FirstAssignedAt ?? TimeSpan.Zero;
            return new DemoSummary
            {
                Directory = scene.Options.Directory,
                Hub = scene.Url.GetLeftPart(UriPartial.Authority),
                Data = scene.Data,
                DataIsTemporary = scene.DataIsTemporary,
                Swarm = swarm,
                Files = files,
                Killed = state.Kill,
                TakenOver = [.. state.Takeovers],
                Workers = [.. state.Workers.All.Select(worker => new WorkerSummary(
                    worker.Name, worker.Role, worker.Pid, state.Agents.Named(worker.Name).Sum(agent => agent.Completed)))],
                Totals = report.Totals,
                Languages = report.Languages,
                HotSpots = [.. report.HotSpots.Take(Top)],
                Vote = vote,
                Failures = report.Failures,
                ReportMarkdown = scene.ReportMarkdown,
                ReportJson = scene.ReportJson,
                ElapsedMs = (long)elapsed.TotalMilliseconds,
                MeasuringMs = (long)measuring.TotalMilliseconds,
                TasksPerSecond = measuring > TimeSpan.Zero ? Math.Round(state.Ended / measuring.TotalSeconds, 1) : null,
            };
        }
    }
}
