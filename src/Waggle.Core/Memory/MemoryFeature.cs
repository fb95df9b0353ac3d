using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Memory;

/// <summary>Values that agents and people keep under namespaces and keys (ADR 21).</summary>
internal sealed class MemoryFeature : Feature
{
    public static readonly EntityType<MemoryEntity> Entries = new(MemoryEntity.Entity, static () => MemoryJson.Default.MemoryEntity)
    {
        Id = e => e.Id,
        Row = e => new(e.Seq, e.CreatedAt, [e.ExpiresAt is { } at ? MemoryEntity.DueText(at) : null, e.Blob]),
        ClosedAt = e => e.CreatedAt,
        VersionOf = e => e.V,
    };

    public static readonly EntityType<MemoryNamespaceEntity> Namespaces =
        new(MemoryNamespaceEntity.Entity, static () => MemoryJson.Default.MemoryNamespaceEntity)
        {
            Id = n => n.Id,
            Row = n => new(n.Seq, null, []),
            ClosedAt = static _ => null,
            VersionOf = n => n.V,
        };

    public static readonly EntityType<MemoryPutEntity> Puts = new(MemoryPutEntity.Entity, static () => MemoryJson.Default.MemoryPutEntity)
    {
        Id = p => p.Id,
        Row = p => new(p.Seq, p.At, []),
        ClosedAt = p => p.At,
        VersionOf = p => p.V,
        Retention = o => o.MemoryPutRetention,
    };

    public static readonly EntityType<MemoryPutCountEntity> PutCounts =
        new(MemoryPutCountEntity.Entity, static () => MemoryJson.Default.MemoryPutCountEntity)
        {
            Id = c => c.Id,
            Row = c => new(c.Seq, c.At, []),
            ClosedAt = c => c.At,
            VersionOf = c => c.V,
            Retention = o => 2 * o.MemoryPutRetention,
        };

    public override IReadOnlyList<EntityType> Entities => [Entries, Namespaces, Puts, PutCounts];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("memory_stored", static () => MemoryJson.Default.MemoryStored),
        RecordType.Of("memory_deleted", static () => MemoryJson.Default.MemoryDeleted),
        RecordType.Of("memory_expired", static () => MemoryJson.Default.MemoryExpired),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["memory"] = "memory" };

    public override Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) =>
        reader.Blobs is { } blobs ? new MemorySweep(reader, blobs, time, log).RunAsync(stop) : Task.CompletedTask;

    public override FeatureState Create(HiveContext hive) => new MemoryState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(MemoryEntity))]
[JsonSerializable(typeof(MemoryNamespaceEntity))]
[JsonSerializable(typeof(MemoryPutEntity))]
[JsonSerializable(typeof(MemoryPutCountEntity))]
[JsonSerializable(typeof(MemoryStored))]
[JsonSerializable(typeof(MemoryDeleted))]
[JsonSerializable(typeof(MemoryExpired))]
internal sealed partial class MemoryJson : JsonSerializerContext;
