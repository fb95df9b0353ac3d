using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Presence;

/// <summary>Records a user's presence. It exists in memory, and only its newest value counts; a user who is gone has none.</summary>
public sealed record UserPresenceChanged : RecordData
{
    [JsonIgnore]
    public override string Kind => "user_presence";

    [JsonIgnore]
    public override string Topic => field ??= $"presence.{Audience.SegmentOf(User)}";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    [JsonIgnore]
    public override string? Clears => Status == PresenceStatus.Offline ? Topic : null;

    public required string User { get; init; }
    public PresenceStatus? OldStatus { get; init; }
    public required PresenceStatus Status { get; init; }
}

internal sealed record UserCame(string User, string Connection, bool Reads) : InternalData;

internal sealed record UserLeft(string User, string Connection) : InternalData;

/// <summary>Removes a user after the grace period.</summary>
internal sealed record UserGone(string User) : InternalData;
