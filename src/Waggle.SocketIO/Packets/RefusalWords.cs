using System.Buffers;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>Encodes the error that a rejected client receives: a message and, if there are any, details.</summary>
internal static class RefusalWords
{
    /// <summary>The message for an error whose details stay on the server.</summary>
    public const string Internal = "Internal server error";

    /// <summary>The message for arguments that a handler could not read, which is an error of the client.</summary>
    public const string Unreadable = "The event's arguments are not of the form that its handler takes";

    /// <summary>Returns an object with a message and its details.</summary>
    /// <param name="name">The name of the message's field.</param>
    /// <param name="data">The details; null for none.</param>
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
