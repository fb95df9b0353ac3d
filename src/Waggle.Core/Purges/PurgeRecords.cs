using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>The base of a purge's records.</summary>
public abstract record PurgeRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"purge.{Purge}";

    public required string Purge { get; init; }
}

/// <summary>A client began a purge.</summary>
public sealed record PurgeStarted : PurgeRecord
{
    [JsonIgnore]
    public override string Kind => "purge_started";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Purge, Purge);

    public required PurgeSpec Spec { get; init; }
    public required string StartedBy { get; init; }
}

/// <summary>A part of the purge's work is done.</summary>
public sealed record PurgeProgressed : PurgeRecord
{
    [JsonIgnore]
    public override string Kind => "purge_progress";

    public required PurgeProgress Progress { get; init; }
}

/// <summary>A purge has ended: everything that it found is erased.</summary>
public sealed record PurgeEnded : PurgeRecord
{
    [JsonIgnore]
    public override string Kind => "purge_ended";

    public required PurgeProgress Progress { get; init; }
}
