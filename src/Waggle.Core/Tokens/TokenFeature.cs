using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tokens;

/// <summary>The feature of tokens that are revoked before their expiry.</summary>
internal sealed class TokenFeature : Feature
{
    public static readonly EntityType<RevokedTokenEntity> Revoked = new(RevokedTokenEntity.Entity, static () => TokenJson.Default.RevokedTokenEntity)
    {
        Id = t => Audience.SegmentOf(t.TokenId),
        Row = t => new(t.Seq, null, []),
        VersionOf = t => t.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Revoked];

    public override IReadOnlyList<RecordType> Records { get; } = [RecordType.Of("token_revoked", static () => TokenJson.Default.TokenRevoked)];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = "audit" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
        [AdministrativeCommand.Of<RevokeToken>("token.revoke", static c => c.TokenId)];

    public override FeatureState Create(HiveContext hive) => new TokenState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(RevokedTokenEntity))]
[JsonSerializable(typeof(TokenRevoked))]
internal sealed partial class TokenJson : JsonSerializerContext;
