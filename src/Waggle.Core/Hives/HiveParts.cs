using Microsoft.Extensions.Logging;
using Waggle.Core.Hives.Metrics;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>What a hive is made of.</summary>
public sealed record HiveParts
{
    public required IStore Store { get; init; }

    /// <summary>Where sealed batches go.</summary>
    public required IBatchSink Sink { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>For jitter.</summary>
    public required Random Dice { get; init; }

    public required ILogger Log { get; init; }

    public HiveOptions Options { get; init; } = new();

    /// <summary>Left out: nobody reads the hive's figures.</summary>
    public HiveMetrics Metrics { get; init; } = HiveMetrics.Unread;

    /// <summary>Where long results go; left out: they stay in their records, and none can be uploaded.</summary>
    public IBlobs? Blobs { get; init; }
}
