using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Presence;

/// <summary>The feature of connected users and the statuses that they set. They exist in memory only.</summary>
internal sealed class PresenceFeature : Feature
{
    public override IReadOnlyList<EntityType> Entities => [];

    public override IReadOnlyList<RecordType> Records { get; } = [RecordType.Of("user_presence", static () => PresenceJson.Default.UserPresenceChanged)];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["presence"] = "presence" };

    public override FeatureState Create(HiveContext hive) => new PresenceState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(UserPresenceChanged))]
internal sealed partial class PresenceJson : JsonSerializerContext;
