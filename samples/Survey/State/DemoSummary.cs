using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;
using Waggle.Survey.Sources;

namespace Waggle.Survey.State;

/// <summary>What the demo says at its end; <c>--json</c> prints it as it is.</summary>
internal sealed record DemoSummary
{
    public required string Directory { get; init; }
    public required string Hub { get; init; }
    public required string Data { get; init; }
    public required bool DataIsTemporary { get; init; }
    public required string Swarm { get; init; }
    public required AuditResult Files { get; init; }

    /// <summary>Null when no analyst held a task any more when half of the files were done.</summary>
    public required Kill? Killed { get; init; }

    /// <summary>Every task whose worker lost its lease, also for another reason than the kill.</summary>
    public required IReadOnlyList<Takeover> TakenOver { get; init; }
    public required IReadOnlyList<WorkerSummary> Workers { get; init; }
    public required SurveyTotals Totals { get; init; }
    public required IReadOnlyList<SurveyTotals> Languages { get; init; }
    public required IReadOnlyList<FileMeasure> HotSpots { get; init; }
    public required IReadOnlyList<SkippedEntry> Failures { get; init; }
    public required string ReportMarkdown { get; init; }
    public required string ReportJson { get; init; }

    /// <summary>From the start of the hub to the report.</summary>
    public required long ElapsedMs { get; init; }

    /// <summary>From the first assignment of a file to the end of the last, by the hub's clock; with the wait for the killed worker's leases.</summary>
    public required long MeasuringMs { get; init; }

    /// <summary>Files ended over that time; null when it was too short to tell.</summary>
    public required double? TasksPerSecond { get; init; }
}

/// <param name="Completed">Tasks, by the hub's records.</param>
internal sealed record WorkerSummary(string Name, string Role, int Pid, int Completed);
