using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>The base of a bulk's records.</summary>
public abstract record BulkRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"bulk.{Bulk}";

    public required string Bulk { get; init; }
}

/// <summary>A client began a bulk.</summary>
public sealed record BulkStarted : BulkRecord
{
    [JsonIgnore]
    public override string Kind => "bulk_started";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Bulk, Bulk);

    public required BulkSpec Spec { get; init; }
    public required BulkAuthor Author { get; init; }

    /// <summary>The number of tasks that matched.</summary>
    public required long Matched { get; init; }
}

/// <summary>A batch of the bulk was handled. The changes of its tasks are in the same commit.</summary>
public sealed record BulkProgressed : BulkRecord
{
    [JsonIgnore]
    public override string Kind => "bulk_progress";

    /// <summary>The counts of all batches so far.</summary>
    public required BulkCounts Counts { get; init; }

    /// <summary>The counts of this batch.</summary>
    public required BulkCounts Batch { get; init; }

    /// <summary>The offset of the last task of the batch.</summary>
    public required long Cursor { get; init; }
    public required long Matched { get; init; }
}

/// <summary>A bulk has ended: it is done, or a client stopped it.</summary>
public sealed record BulkEnded : BulkRecord
{
    [JsonIgnore]
    public override string Kind => "bulk_ended";

    public required BulkState State { get; init; }
    public required BulkCounts Counts { get; init; }
    public required long Matched { get; init; }
    public string? StoppedBy { get; init; }
}
