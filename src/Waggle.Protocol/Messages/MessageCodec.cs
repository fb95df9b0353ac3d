using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Messages;

/// <summary>Why a message could not be read. <paramref name="Id"/> is that of the message where it could be found.</summary>
public sealed record ProtocolError(string Code, string Message, string? Id = null);

/// <summary>
/// waggle.v1 as text: a frame is one JSON object, or an array of them (spec/waggle.v1.md, "Frames"). Pure and thread-safe: spans in, <see cref="IBufferWriter{T}"/> out.
/// </summary>
public static class MessageCodec
{
    private static readonly Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> ClientTypes =
        MessageTypes.Client.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> HubTypes =
        MessageTypes.Hub.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// Reads a frame from a client. Each good message goes to <paramref name="message"/>, each bad one to <paramref name="error"/>, in the frame's order:
    /// one bad message in an array does not spoil the others.
    /// </summary>
    public static void ReadClient(ReadOnlySpan<byte> frame, Action<ClientMessage> message, Action<ProtocolError> error) =>
        Read(frame, ClientTypes, strict: true, m => message((ClientMessage)m), error);

    /// <summary>Reads a frame from a hub; types that this version does not know are passed over.</summary>
    public static void ReadHub(ReadOnlySpan<byte> frame, Action<HubMessage> message, Action<ProtocolError> error) =>
        Read(frame, HubTypes, strict: false, m => message((HubMessage)m), error);

    public static void Write(IBufferWriter<byte> output, ClientMessage message) => Write(output, message, ClientTypes[message.Type]);

    public static void Write(IBufferWriter<byte> output, HubMessage message) => Write(output, message, HubTypes[message.Type]);

    private static void Write(IBufferWriter<byte> output, object message, JsonTypeInfo type)
    {
        var writer = JsonWriters.Rent(output);
        JsonSerializer.Serialize(writer, message, type);
        JsonWriters.Return(writer);
    }

    private static void Read(
        ReadOnlySpan<byte> frame,
        Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> types,
        bool strict,
        Action<object> message,
        Action<ProtocolError> error)
    {
        frame = frame.TrimStart(" \t\r\n"u8);
        if (frame.IsEmpty || frame[0] is not ((byte)'{' or (byte)'['))
        {
            error(new(ErrorCodes.MalformedMessage, "A frame is a JSON object, or an array of objects."));
            return;
        }

        if (frame[0] == '{')
        {
            ReadOne(frame, types, strict, message, error);
            return;
        }

        ReadArray(frame, types, strict, message, error);
    }

    private static void ReadArray(
        ReadOnlySpan<byte> frame,
        Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> types,
        bool strict,
        Action<object> message,
        Action<ProtocolError> error)
    {
        var reader = new Utf8JsonReader(frame);
        var count = 0;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (++count > Limits.MaxMessagesPerFrame)
                {
                    error(new(ErrorCodes.TooLarge, $"A frame holds at most {Limits.MaxMessagesPerFrame} messages; the rest of this one was not read."));
                    return;
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                ReadOne(frame[start..(int)reader.BytesConsumed], types, strict, message, error);
            }

            if (reader.Read()) error(new(ErrorCodes.MalformedMessage, "There is text after the end of the array."));
        }
        catch (JsonException e)
        {
            error(new(ErrorCodes.MalformedMessage, $"The frame is not valid JSON from message {count + 1} of the array on: {Cause(e)}"));
        }
    }

    private static void ReadOne(
        ReadOnlySpan<byte> text,
        Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> types,
        bool strict,
        Action<object> message,
        Action<ProtocolError> error)
    {
        var envelope = default(Envelope);
        try
        {
            envelope = Envelope.Read(text);
            if (envelope.Problem is not null)
            {
                error(new(ErrorCodes.InvalidRequest, envelope.Problem, envelope.Id));
                return;
            }

            Span<char> name = stackalloc char[64];
            if (envelope.Type is null || !types.TryGetValue(envelope.Type, out var info))
            {
                if (strict)
                {
                    error(envelope.Type is null
                        ? new(ErrorCodes.InvalidRequest, "The message has no field 'type' with a string.", envelope.Id)
                        : new(ErrorCodes.UnknownType, $"'{Clip(envelope.Type)}' is not a message type of this protocol.", envelope.Id));
                }

                return;
            }

            message(JsonSerializer.Deserialize(text, info)!);
        }
        catch (JsonException e)
        {
            var code = envelope.Type is null ? ErrorCodes.MalformedMessage : ErrorCodes.InvalidRequest;
            error(new(code, envelope.Type is null ? Cause(e) : $"{envelope.Type}: {Cause(e)}", envelope.Id));
        }
    }

    // The serializer's texts name CLR types; what the caller needs is the path and what was wrong there.
    private static string Cause(JsonException e)
    {
        var text = e.InnerException is JsonException or InvalidOperationException or FormatException ? e.InnerException.Message : e.Message;
        if (text.Contains("could not be mapped to any .NET member", StringComparison.Ordinal)) return $"unknown field {Quoted(text)}.";
        var missing = text.IndexOf("was missing required properties", StringComparison.Ordinal);
        if (missing >= 0) return $"a required field is missing{text[(missing + "was missing required properties".Length)..].Replace(" including", "", StringComparison.Ordinal)}";
        var path = e.Path is { Length: > 0 } p ? $" at {p}" : "";
        if (text.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)) return $"the value{path} has the wrong type or is out of range.";
        var cut = text.IndexOf(" Path:", StringComparison.Ordinal);
        return Clip(cut > 0 ? text[..cut] + path : text);
    }

    private static string Quoted(string text)
    {
        var from = text.IndexOf('\'', StringComparison.Ordinal);
        var to = text.IndexOf('\'', from + 1);
        return from >= 0 && to > from ? Clip(text[from..(to + 1)]) : "";
    }

    private static string Clip(string text) => text.Length <= 200 ? text : text[..200] + "…";

    /// <summary>The two fields that every message shares, found before the rest is read so that an error can name its cause.</summary>
    private readonly record struct Envelope(string? Type, string? Id, string? Problem)
    {
        public static Envelope Read(ReadOnlySpan<byte> text)
        {
            string? type = null, id = null, problem = null;
            var reader = new Utf8JsonReader(text);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return new(null, null, "A message is a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                var isId = !isType && reader.ValueTextEquals("id"u8);
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String) type = reader.GetString();
                else if (isId && reader.TokenType == JsonTokenType.String) id = reader.GetString();
                else if (isId && reader.TokenType != JsonTokenType.Null) problem = "The field 'id' is a string of 1 to 64 characters.";
                reader.Skip();
            }

            if (reader.Read()) problem = "There is text after the end of the message.";
            if (id is { Length: 0 or > 64 })
            {
                id = null;
                problem = "The field 'id' is a string of 1 to 64 characters.";
            }

            return new(type, id, problem);
        }
    }
}
