using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>The parts that a hive consists of.</summary>
public sealed record HiveParts
{
    public required IStore Store { get; init; }

    /// <summary>The destination of sealed batches.</summary>
    public required IBatchSink Sink { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>The source of randomness for jitter.</summary>
    public required Random Dice { get; init; }

    public required ILogger Log { get; init; }

    public HiveOptions Options { get; init; } = new();

    /// <summary>The hive's metrics. By default no exporter reads them.</summary>
    public HiveMetrics Metrics { get; init; } = HiveMetrics.Unread;

    /// <summary>The store of long results. Null keeps them in their records and refuses uploads.</summary>
    public IBlobs? Blobs { get; init; }

    /// <summary>The parts of the search; null for a hive without one.</summary>
    public SearchParts? Search { get; init; }

    /// <summary>The refusals that wait for the audit log.</summary>
    public RefusalLog Refusals { get => field ??= new(Time); init; }

    /// <summary>The revoked tokens, which the hive keeps up to date.</summary>
    public RevokedTokens Revoked { get; init; } = new();

    /// <summary>The followers of the log beside the loop.</summary>
    internal LogTails Tails { get; } = new();
}
