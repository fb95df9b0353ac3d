namespace Waggle.Benchmarks.EndToEnd;

/// <summary>The parameters of <c>tasks</c>.</summary>
internal sealed record BenchPlan
{
    public required int Tasks { get; init; }
    public required int Workers { get; init; }
    public required int Slots { get; init; }
    public required int Creators { get; init; }

    /// <summary>The number of creations of each creator without an answer.</summary>
    public required int Pipeline { get; init; }
    public required int DispatchSamples { get; init; }

    /// <summary>The number of open tasks to leave for the restart; 0 for no restart.</summary>
    public required int RestartOpen { get; init; }
}

/// <summary>The figures of a run. A null figure was not requested.</summary>
internal sealed record BenchResult
{
    public required int Tasks { get; init; }
    public required int Workers { get; init; }
    public required int SlotsPerWorker { get; init; }
    public required int Creators { get; init; }
    public required int Pipeline { get; init; }
    public required string Synchronous { get; init; }
    public required int Cores { get; init; }
    public required double FsyncP50Ms { get; init; }
    public required double Seconds { get; init; }
    public required double TasksPerSecond { get; init; }

    /// <summary>The time from the send of a creation to its durable answer, under load.</summary>
    public required double CreateAckP50Ms { get; init; }
    public required double CreateAckP99Ms { get; init; }

    /// <summary>The average number of durable records in one commit, over the run.</summary>
    public required double RecordsPerCommitMean { get; init; }
    public required int RecordsPerCommitMax { get; init; }
    public required long Commits { get; init; }

    /// <summary>The time from the send of a creation to the arrival of the task at the worker, on an idle hub.</summary>
    public double? DispatchP50Ms { get; init; }
    public double? DispatchP99Ms { get; init; }
    public required double HubCpuMicrosPerTask { get; init; }

    /// <summary>The hub's resident memory after a tenth of the tasks, and after all.</summary>
    public required double ResidentTenthMb { get; init; }
    public required double ResidentMb { get; init; }
    public double? RestartMs { get; init; }
    public int? RestartOpen { get; init; }
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(BenchResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(RestResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(FairResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Learning.LearningResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(MemoryResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Search.SearchResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(FanOutResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(DialectResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(FlowResult))]
internal sealed partial class BenchJson : System.Text.Json.Serialization.JsonSerializerContext;
