using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Identifiers;

/// <summary>The feature of the ids that a hive gives. The ids count by prefix, from 1, over all epochs.</summary>
internal sealed class IdFeature : Feature
{
    public static readonly EntityType<IdCounters> Counters = new(IdCounters.Entity, static () => IdJson.Default.IdCounters)
    {
        Id = _ => IdCounters.OnlyId,

        // Without the counters the hive would give an id twice.
        Indispensable = true,
        Row = _ => new(1, null, []),
        VersionOf = c => c.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Counters];

    public override IReadOnlyList<RecordType> Records => [];

    public override FeatureState Create(HiveContext hive) => new IdState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(IdCounters))]
internal sealed partial class IdJson : JsonSerializerContext;
