using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Waggle.Core.Hives;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>When an entity was created, when it was closed (null: it is open) and the values of its index columns.</summary>
internal readonly record struct EntityRow(long Seq, DateTimeOffset? ClosedAt, IReadOnlyList<string?> Columns);

/// <summary>A kind of entity as a feature declares it. Load, seal, retention and upcasting follow from this declaration.</summary>
internal abstract class EntityType(EntityKind kind)
{
    public EntityKind Kind { get; } = kind;

    public string Name => Kind.Name;

    /// <summary>The version that is written. Older versions are upcast when they are read; a newer version is refused.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The step from each version to the next one: the first entry upcasts version 1.</summary>
    public IReadOnlyList<Action<JsonObject>> Upcasters { get; init; } = [];

    /// <summary>A hive without it would break its promises: where it is damaged, the start fails. Damaged entities of other kinds are set aside.</summary>
    public bool Indispensable { get; init; }

    /// <exception cref="StoreCorruptException">The body cannot be read.</exception>
    public abstract void Check(StoredEntity stored);

    /// <summary>How long a closed entity is kept; null: for as long as the hive.</summary>
    public Func<HiveOptions, TimeSpan>? Retention { get; init; }
}

/// <param name="json">The stored form. It is asked for when the first entity is read or written.</param>
internal sealed class EntityType<T>(EntityKind kind, Func<JsonTypeInfo<T>> json) : EntityType(kind)
    where T : class
{
    public required Func<T, string> Id { get; init; }

    /// <summary>Null where the state computes it, see <see cref="HiveContext.Table"/>.</summary>
    public Func<T, EntityRow>? Row { get; init; }

    /// <summary>When an entity was closed; left out: <see cref="Row"/> says so. For kinds that change often and whose row costs more than this.</summary>
    public Func<T, DateTimeOffset?>? ClosedAt { get; init; }

    /// <summary>The value of the index column by which commands ask for an entity, see <see cref="UniqueKey"/>; left out: the kind has none.</summary>
    public Func<T, string?>? Unique { get; init; }

    /// <summary>The version that an entity was written by; left out: the entity has only one.</summary>
    public Func<T, int>? VersionOf { get; init; }

    public override void Check(StoredEntity stored) => Parse(stored);

    /// <exception cref="EntityDamagedException">The body is not one that any version wrote.</exception>
    /// <exception cref="StoreCorruptException">A newer version of Waggle wrote it, or the kind is indispensable and damaged.</exception>
    public T Parse(StoredEntity stored)
    {
        try
        {
            if (stored.Fault is { } fault) throw new JsonException(fault);

            // Texts inside are handed on as they are stored, so all of it must be UTF-8.
            if (!Utf8.IsValid(stored.Body.Span)) throw new JsonException("It is not UTF-8.");
            var entity = JsonSerializer.Deserialize(stored.Body.Span, json()) ?? throw new JsonException("The body is null.");
            var version = VersionOf?.Invoke(entity) ?? Version;
            if (version == Version) return entity;
            return version < Version ? Upcast(stored, version) : throw new StoreCorruptException(
                $"The stored {stored.Kind} '{stored.Id}' has version {version}; this version of Waggle reads versions 1 to {Version}. "
                + "A newer version of Waggle wrote it.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException or FormatException or ArgumentException)
        {
            var message = $"The stored {stored.Kind} '{stored.Id}' cannot be read: {e.Message}";
            throw Indispensable ? new StoreCorruptException(message, e) : new EntityDamagedException(message, e);
        }
    }

    public void Write(Utf8JsonWriter writer, T entity) => JsonSerializer.Serialize(writer, entity, json());

    private T Upcast(StoredEntity stored, int version)
    {
        var body = JsonNode.Parse(stored.Body.Span)!.AsObject();
        for (; version < Version; version++) Upcasters[version - 1](body);
        body["v"] = Version;
        return body.Deserialize(json())!;
    }
}
