using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Presence;

/// <summary>How a user is here. It lives in memory, only its newest value matters; who is gone has none.</summary>
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

/// <summary>The grace is over.</summary>
internal sealed record UserGone(string User) : InternalData;
