using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;
using Waggle.Survey.Sources;

namespace Waggle.Survey.State;

/// <summary>The summary at the end of the demo; <c>--json</c> prints it unchanged.</summary>
internal sealed record DemoSummary
{
    public required string Directory { get; init; }
    public required string Hub { get; init; }
    public required string Data { get; init; }
    public required bool DataIsTemporary { get; init; }
    public required string Swarm { get; init; }
    public required AuditResult Files { get; init; }

    /// <summary>The killed worker; null if no analyst held a task after half of the files.</summary>
    public required Kill? Killed { get; init; }

    /// <summary>The tasks whose worker lost its lease, including those lost for another reason than the kill.</summary>
    public required IReadOnlyList<Takeover> TakenOver { get; init; }
    public required IReadOnlyList<WorkerSummary> Workers { get; init; }
    public required SurveyTotals Totals { get; init; }
    public required IReadOnlyList<SurveyTotals> Languages { get; init; }
    public required IReadOnlyList<FileMeasure> HotSpots { get; init; }

    /// <summary>The vote on which hot spot to fix first; null if there were fewer than two.</summary>
    public required VoteSummary? Vote { get; init; }
    public required IReadOnlyList<SkippedEntry> Failures { get; init; }
    public required string ReportMarkdown { get; init; }
    public required string ReportJson { get; init; }

    /// <summary>The time from the start of the hub to the report, in milliseconds.</summary>
    public required long ElapsedMs { get; init; }

    /// <summary>
    /// The time from the first assignment of a file to the end of the last, in milliseconds by the hub's clock. It includes the wait for the killed worker's
    /// leases.
    /// </summary>
    public required long MeasuringMs { get; init; }

    /// <summary>The number of ended files per second over that time; null if it was too short to measure.</summary>
    public required double? TasksPerSecond { get; init; }
}

/// <param name="Completed">The number of tasks, by the hub's records.</param>
internal sealed record WorkerSummary(string Name, string Role, int Pid, int Completed);
