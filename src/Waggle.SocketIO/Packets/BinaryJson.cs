using System.Text.Json;
using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>
/// Serializes bytes within arguments as attachments, and deserializes them. All packets share the converters, so static fields of the thread pass the
/// attachments of the current packet to them.
/// </summary>
internal static class BinaryJson
{
    [ThreadStatic]
    private static List<ReadOnlyMemory<byte>>? Writing;

    [ThreadStatic]
    private static IReadOnlyList<ReadOnlyMemory<byte>>? Reading;

    /// <summary>Returns a copy of the options that serializes bytes as attachments.</summary>
    public static JsonSerializerOptions With(JsonSerializerOptions options)
    {
        var own = new JsonSerializerOptions(options);
        own.Encoder ??= PlainEncoder.Instance;
        own.Converters.Insert(0, new ArrayConverter());
        own.Converters.Insert(0, new MemoryConverter());
        own.Converters.Insert(0, new WritableMemoryConverter());
        own.MakeReadOnly(populateMissingResolver: true);
        return own;
    }

    /// <summary>Sets the list to which this thread adds the bytes that it serializes. With null it writes them as base64.</summary>
    public static void Collect(List<ReadOnlyMemory<byte>>? attachments) => Writing = attachments;

    /// <summary>Deserializes a value whose bytes are attachments.</summary>
    public static T? Read<T>(ref Utf8JsonReader reader, IReadOnlyList<ReadOnlyMemory<byte>> attachments, JsonSerializerOptions options)
    {
        Reading = attachments;
        try
        {
            return JsonSerializer.Deserialize<T>(ref reader, options);
        }
        finally
        {
            Reading = null;
        }
    }

    private static ReadOnlyMemory<byte> ReadBytes(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetBytesFromBase64();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Bytes must be an attachment or a base64 string.");
        using var placeholder = JsonDocument.ParseValue(ref reader);
        if (Reading is { } attachments
            && placeholder.RootElement.TryGetProperty(Placeholder.Number, out var number)
            && number.TryGetInt32(out var index) && index >= 0 && index < attachments.Count)
            return attachments[index];
        throw new JsonException("Bytes must be an attachment or a base64 string.");
    }

    private static void WriteBytes(Utf8JsonWriter writer, ReadOnlyMemory<byte> bytes)
    {
        if (Writing is not { } attachments)
        {
            writer.WriteBase64StringValue(bytes.Span);
            return;
        }

        writer.WriteStartObject();
        writer.WriteBoolean(Placeholder.Key, value: true);
        writer.WriteNumber(Placeholder.Number, attachments.Count);
        writer.WriteEndObject();
        attachments.Add(bytes);
    }

    private sealed class ArrayConverter : JsonConverter<byte[]>
    {
        public override byte[]? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadBytes(ref reader).ToArray();

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => WriteBytes(writer, value);
    }

    private sealed class MemoryConverter : JsonConverter<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadBytes(ref reader);

        public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) => WriteBytes(writer, value);
    }

    private sealed class WritableMemoryConverter : JsonConverter<Memory<byte>>
    {
        public override Memory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadBytes(ref reader).ToArray();

        public override void Write(Utf8JsonWriter writer, Memory<byte> value, JsonSerializerOptions options) => WriteBytes(writer, value);
    }
}
