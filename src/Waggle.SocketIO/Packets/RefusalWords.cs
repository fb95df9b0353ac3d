using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>What a client reads of a refusal: its words, and more about it where there is more.</summary>
internal static class RefusalWords
{
    /// <summary>For what is nobody's business.</summary>
    public const string Internal = "Internal server error";

    public static RawJson Write(ReadOnlySpan<byte> name, string message, object? data, JsonSerializerOptions options)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString(name, message);
            if (data is not null)
            {
                writer.WritePropertyName("data"u8);
                JsonSerializer.Serialize(writer, data, data.GetType(), options);
            }

            writer.WriteEndObject();
        }

        return RawJson.FromTrusted(output.WrittenSpan.ToArray());
    }
}
