using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Ports;

namespace Waggle.Core.Tokens;

/// <summary>A token that was revoked and has not expired. The hive deletes the entity when the token has expired.</summary>
public sealed record RevokedTokenEntity
{
    public static EntityKind Entity { get; } = new("revoked_token", []);

    public int V { get; init; } = 1;
    public required string TokenId { get; init; }
    public required long Seq { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required string RevokedBy { get; init; }
    public required DateTimeOffset RevokedAt { get; init; }
    public string? Reason { get; init; }

    // The hub accepts a token for a moment after its expiry, because clocks differ.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    /// <summary>The time after which no list is needed to refuse the token.</summary>
    [JsonIgnore]
    public DateTimeOffset EndsAt => ExpiresAt + Margin;

    public static EntityKey KeyOf(string tokenId) => new(Entity.Name, Audience.SegmentOf(tokenId));
}
