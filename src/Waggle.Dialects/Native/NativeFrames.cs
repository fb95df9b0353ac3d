using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Native;

/// <summary>Writes the frames of waggle.v1 that answer a client without a command.</summary>
internal static class NativeFrames
{
    public static ReplyIntent Error(string? id, Error error)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(output, id, error);
        return new ReplyIntent(output.WrittenMemory);
    }

    public static void Write(IBufferWriter<byte> output, string? id, Error error) => MessageCodec.Write(
        output, new ErrorMessage { Id = id, Code = error.Code, Message = error.Message, RetryAfterMs = error.RetryAfterMs });

    public static void WritePosition(Utf8JsonWriter writer, Position position)
    {
        Span<char> text = stackalloc char[41];
        position.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        writer.WriteString("position"u8, text[..length]);
    }

    public static ReplyIntent? Echo(Echo message)
    {
        if (message.Id is null) return null;
        var output = new ArrayBufferWriter<byte>(message.Payload.Utf8.Length + 64);
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "reply"u8);
        writer.WriteString("id"u8, message.Id);
        writer.WritePropertyName("result"u8);
        writer.WriteRawValue(message.Payload.Utf8.Span, skipInputValidation: true);
        writer.WriteEndObject();
        JsonWriters.Return(writer);
        return new ReplyIntent(output.WrittenMemory);
    }
}
