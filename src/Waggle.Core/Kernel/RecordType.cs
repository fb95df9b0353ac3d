using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Waggle.Core.Kernel;

/// <summary>A kind of record and the stored form of its data, as a feature declares it.</summary>
internal sealed class RecordType
{
    private readonly Func<JsonTypeInfo> _json;
    private readonly Action<Utf8JsonWriter, RecordData>? _write;

    private RecordType(string kind, Func<JsonTypeInfo> json, Action<Utf8JsonWriter, RecordData>? write)
    {
        Kind = kind;
        _json = json;
        _write = write;
    }

    public string Kind { get; }

    public JsonTypeInfo Json => _json();

    /// <param name="json">Returns the stored form. The first read or write of a record of the kind calls it, because an idle hub does not need the serializer's
    /// code for every kind.</param>
    /// <param name="write">Writes the same JSON as the serializer, for a kind whose serializer costs too much memory.</param>
    public static RecordType Of<T>(string kind, Func<JsonTypeInfo<T>> json, Action<Utf8JsonWriter, T>? write = null)
        where T : RecordData => new(kind, json, write is null ? null : (writer, data) => write(writer, (T)data));

    public void Write(Utf8JsonWriter writer, RecordData data)
    {
        if (_write is not null) _write(writer, data);
        else JsonSerializer.Serialize(writer, data, _json());
    }

    /// <exception cref="JsonException">The stored text is not of this kind.</exception>
    public RecordData Read(ReadOnlySpan<byte> data, string? swarm) => (RecordData)JsonSerializer.Deserialize(data, _json())! with { Swarm = swarm };
}
