using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Schemas;

/// <summary>The feature that reports changes of the HTTP API between two starts of the hub.</summary>
internal sealed class SchemaFeature : Feature
{
    public static readonly EntityType<SchemaEntity> Schemas = new(SchemaEntity.Entity, static () => SchemaJson.Default.SchemaEntity)
    {
        Id = _ => SchemaEntity.OnlyId,
        Row = _ => new(1, null, []),
        VersionOf = s => s.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Schemas];

    public override IReadOnlyList<RecordType> Records { get; } = [RecordType.Of("schema_updated", static () => SchemaJson.Default.SchemaUpdated)];

    public override FeatureState Create(HiveContext hive) => new SchemaState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(SchemaEntity))]
[JsonSerializable(typeof(SchemaUpdated))]
internal sealed partial class SchemaJson : JsonSerializerContext;
