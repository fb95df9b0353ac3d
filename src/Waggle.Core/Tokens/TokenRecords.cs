using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Core.Tokens;

/// <summary>Records that a token is revoked: the hub refuses it until it would have expired.</summary>
public sealed record TokenRevoked : RecordData
{
    [JsonIgnore]
    public override string Kind => "token_revoked";

    [JsonIgnore]
    public override string Topic => field ??= $"token.{Audience.SegmentOf(TokenId)}";

    public required string TokenId { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required string RevokedBy { get; init; }
    public string? Reason { get; init; }
}

/// <summary>A revoked token that has expired.</summary>
internal sealed record RevocationEnded(string Key) : InternalData;
