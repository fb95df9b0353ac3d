using System.Globalization;
using System.Text.Json.Serialization;
using Waggle.Core.Ports;

namespace Waggle.Core.Logs;

/// <summary>
/// A slice of all stored log lines in the order of their numbers, with its size. Retention and the quota of all lines delete whole slices, oldest first, so
/// that neither needs to read what it deletes. The hive has at most about a hundred, all open.
/// </summary>
internal sealed record LogSegmentEntity
{
    public static EntityKind Entity { get; } = new("log_segment", []);

    public int V { get; init; } = 1;

    /// <summary>The number of the segment, from 1. An oldest segment with a greater number means that lines were deleted.</summary>
    public required long No { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>The time of the last line.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The number of the first line.</summary>
    public required long First { get; init; }

    /// <summary>The number of the next line.</summary>
    public required long Next { get; init; }
    public long Lines { get; init; }
    public long Bytes { get; init; }

    [JsonIgnore]
    public bool IsEmpty => Next == First;

    [JsonIgnore]
    public string Id => IdOf(No);

    public static string IdOf(long no) => no.ToString(CultureInfo.InvariantCulture);
}
