using System.Buffers;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>What a client reads of a refusal: its words, and more about it where there is more.</summary>
internal static class RefusalWords
{
    /// <summary>For what is nobody's business.</summary>
    public const string Internal = "Internal server error";

    /// <summary>For arguments that a handler could not read: the client's mistake, so no fault of the server.</summary>
    public const string Unreadable = "The event's arguments are not of the form that its handler takes";

    public static RawJson Write(ReadOnlySpan<byte> name, string message, object? data, JsonSerializerOptions options)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(output, JsonText.Checked))
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
