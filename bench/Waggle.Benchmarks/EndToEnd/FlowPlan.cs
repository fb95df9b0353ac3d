namespace Waggle.Benchmarks.EndToEnd;

/// <summary>The parameters of <c>workflows</c>.</summary>
/// <param name="Steps">The number of plain tasks, and of steps of workflows.</param>
/// <param name="InFlight">Creations without an answer yet, of tasks or of runs.</param>
/// <param name="Open">The open runs over which the hub starts again; 0 for no restart.</param>
internal sealed record FlowPlan(int Steps, int Workers, int Slots, int InFlight, int Open);

/// <summary>The figures of a run. A null figure was not requested.</summary>
internal sealed record FlowResult
{
    public required int Steps { get; init; }
    public required int StepsPerRun { get; init; }
    public required int Workers { get; init; }
    public required int SlotsPerWorker { get; init; }
    public required int InFlight { get; init; }
    public required double TasksPerSecond { get; init; }
    public required double StepsPerSecond { get; init; }

    /// <summary>The steps per second divided by the plain tasks per second.</summary>
    public required double Share { get; init; }
    public required double HubMicrosPerTask { get; init; }
    public required double HubMicrosPerStep { get; init; }
    public int? OpenRuns { get; init; }

    /// <summary>The time from the start of the process to its <c>ready</c>, over an empty folder and over the open runs.</summary>
    public double? EmptyStartMs { get; init; }
    public double? StartMs { get; init; }
}
