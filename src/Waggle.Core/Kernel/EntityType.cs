using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>The time when an entity was created and closed (null if it is open), and the values of its index columns.</summary>
internal readonly record struct EntityRow(long Seq, DateTimeOffset? ClosedAt, IReadOnlyList<string?> Columns);

/// <summary>A kind of entity as a feature declares it. Load, seal, retention and upcasting follow from this declaration.</summary>
internal abstract class EntityType(EntityKind kind)
{
    public EntityKind Kind { get; } = kind;

    public string Name => Kind.Name;

    /// <summary>The version that the hub writes. It upcasts older versions when it reads them and refuses a newer version.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The step from each version to the next one: the first entry upcasts version 1.</summary>
    public IReadOnlyList<Action<JsonObject>> Upcasters { get; init; } = [];

    /// <summary>
    /// Whether the hive cannot keep its promises without the kind. If such an entity is damaged, the start fails. Damaged entities of other kinds are set
    /// aside.
    /// </summary>
    public bool Indispensable { get; init; }

    /// <exception cref="StoreCorruptException">The body cannot be read.</exception>
    public abstract void Check(StoredEntity stored);

    /// <summary>The time for which the store keeps a closed entity; null keeps it as long as the hive.</summary>
    public Func<HiveOptions, TimeSpan>? Retention { get; init; }
}

/// <param name="json">Returns the stored form. The first read or write of an entity calls it.</param>
internal sealed class EntityType<T>(EntityKind kind, Func<JsonTypeInfo<T>> json) : EntityType(kind)
    where T : class
{
    public required Func<T, string> Id { get; init; }

    /// <summary>Returns the row of an entity; null if the state computes it, see <see cref="HiveContext.Table"/>.</summary>
    public Func<T, EntityRow>? Row { get; init; }

    /// <summary>
    /// Returns the time when an entity was closed; null derives it from <see cref="Row"/>. It serves kinds that change often and whose row is costly to
    /// compute.
    /// </summary>
    public Func<T, DateTimeOffset?>? ClosedAt { get; init; }

    /// <summary>
    /// Returns the value of the index column by which commands find an entity, see <see cref="UniqueKey"/>; null for a kind without such a column.
    /// </summary>
    public Func<T, string?>? Unique { get; init; }

    /// <summary>Returns the version that wrote an entity; null for a kind with only one version.</summary>
    public Func<T, int>? VersionOf { get; init; }

    public override void Check(StoredEntity stored) => Parse(stored);

    /// <exception cref="EntityDamagedException">No version wrote such a body.</exception>
    /// <exception cref="StoreCorruptException">A newer version of Waggle wrote the entity, or its kind is indispensable and the entity is damaged.</exception>
    public T Parse(StoredEntity stored)
    {
        try
        {
            if (stored.Fault is { } fault) throw new JsonException(fault);

            // The hub sends texts inside the body as they are stored, so the whole body must be UTF-8.
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
