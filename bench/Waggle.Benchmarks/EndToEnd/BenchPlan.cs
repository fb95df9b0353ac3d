namespace Waggle.Benchmarks.EndToEnd;

/// <summary>What <c>tasks</c> is to do.</summary>
internal sealed record BenchPlan
{
    public required int Tasks { get; init; }
    public required int Workers { get; init; }
    public required int Slots { get; init; }
    public required int Creators { get; init; }

    /// <summary>Creations without an answer yet, each creator.</summary>
    public required int Pipeline { get; init; }
    public required int DispatchSamples { get; init; }

    /// <summary>Open tasks to leave behind for the restart; 0: no restart.</summary>
    public required int RestartOpen { get; init; }
}

/// <summary>What was measured. Null: not asked for.</summary>
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

    /// <summary>From the send of a creation to its durable answer, under load.</summary>
    public required double CreateAckP50Ms { get; init; }
    public required double CreateAckP99Ms { get; init; }

    /// <summary>Durable records in one commit, over the run.</summary>
    public required double RecordsPerCommitMean { get; init; }
    public required int RecordsPerCommitMax { get; init; }
    public required long Commits { get; init; }

    /// <summary>On an idle hub: from the send of a creation to the task in the worker's hands.</summary>
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
[System.Text.Json.Serialization.JsonSerializable(typeof(FanOutResult))]
[System.Text.Json.Serialization.JsonSerializable(typeof(DialectResult))]
internal sealed partial class BenchJson : System.Text.Json.Serialization.JsonSerializerContext;
