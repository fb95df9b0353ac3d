using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Messages;

/// <summary>The reason why a message could not be read. <paramref name="Id"/> is the id of the message, if it could be found.</summary>
public sealed record ProtocolError(string Code, string Message, string? Id = null);

/// <summary>
/// Reads and writes waggle.v1 as text: a frame is one JSON object, or an array of them (spec/waggle.v1.md, "Frames"). Pure and thread-safe: spans in,
/// <see cref="IBufferWriter{T}"/> out.
/// </summary>
public static class MessageCodec
{
    private static readonly Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> ClientTypes =
        MessageTypes.Client.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> HubTypes =
        MessageTypes.Hub.GetAlternateLookup<ReadOnlySpan<char>>();

    // The search for the end and the type of a message accepts any depth. The message's own reader limits the depth, so that only that message is refused.
    private static readonly JsonReaderOptions Shallow = new() { MaxDepth = Limits.MaxMessageBytes };

    /// <summary>
    /// Reads a frame from a client. Each valid message goes to <paramref name="message"/>, each invalid one to <paramref name="error"/>, in the frame's order.
    /// An invalid message in an array does not affect the others.
    /// </summary>
    public static void ReadClient(ReadOnlySpan<byte> frame, Action<ClientMessage> message, Action<ProtocolError> error) =>
        ReadClient(frame, (Message: message, Error: error), static (to, m) => to.Message(m), static (to, e) => to.Error(e));

    /// <summary>Reads a frame from a client without a closure for each frame: the callbacks receive <paramref name="state"/>.</summary>
    public static void ReadClient<TState>(ReadOnlySpan<byte> frame, TState state, Action<TState, ClientMessage> message, Action<TState, ProtocolError> error) =>
        Read(frame, ClientTypes, strict: true, state, message, error);

    /// <summary>Reads a frame from a hub and skips types that this version does not define.</summary>
    public static void ReadHub(ReadOnlySpan<byte> frame, Action<HubMessage> message, Action<ProtocolError> error) =>
        Read<(Action<HubMessage> Message, Action<ProtocolError> Error), HubMessage>(
            frame, HubTypes, strict: false, (message, error), static (to, m) => to.Message(m), static (to, e) => to.Error(e));

    public static void Write(IBufferWriter<byte> output, ClientMessage message) => Write(output, message, ClientTypes[message.Type]);

    public static void Write(IBufferWriter<byte> output, HubMessage message) => Write(output, message, HubTypes[message.Type]);

    private static void Write(IBufferWriter<byte> output, object message, JsonTypeInfo type)
    {
        var writer = JsonWriters.Rent(output);
        JsonSerializer.Serialize(writer, message, type);
        JsonWriters.Return(writer);
    }

    private static void Read<TState, TMessage>(
        ReadOnlySpan<byte> frame,
        Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> types,
        bool strict,
        TState state,
        Action<TState, TMessage> message,
        Action<TState, ProtocolError> error)
        where TMessage : class
    {
        frame = ForeignJson.Mend(frame).TrimStart(" \t\r\n"u8);
        if (frame.IsEmpty || frame[0] is not ((byte)'{' or (byte)'['))
        {
            error(state, new(ErrorCodes.MalformedMessage, "A frame is a JSON object, or an array of objects."));
            return;
        }

        if (frame[0] == '{')
        {
            ReadOne(frame, types, strict, state, message, error);
            return;
        }

        ReadArray(frame, types, strict, state, message, error);
    }

    private static void ReadArray<TState, TMessage>(
        ReadOnlySpan<byte> frame,
        Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> types,
        bool strict,
        TState state,
        Action<TState, TMessage> message,
        Action<TState, ProtocolError> error)
        where TMessage : class
    {
        var reader = new Utf8JsonReader(frame, Shallow);
        var count = 0;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (++count > Limits.MaxMessagesPerFrame)
                {
                    error(state, new(ErrorCodes.TooLarge, $"A frame holds at most {Limits.MaxMessagesPerFrame} messages; the rest of this one was not read."));
                    return;
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                ReadOne(frame[start..(int)reader.BytesConsumed], types, strict, state, message, error);
            }

            reader.Read();
        }
        catch (JsonException e)
        {
            error(state, new(ErrorCodes.MalformedMessage, $"The frame is not valid JSON after message {count} of the array: {JsonFault.Describe(e)}"));
        }
    }

    private static void ReadOne<TState, TMessage>(
        ReadOnlySpan<byte> text,
        Dictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> types,
        bool strict,
        TState state,
        Action<TState, TMessage> message,
        Action<TState, ProtocolError> error)
        where TMessage : class
    {
        var envelope = default(Envelope);
        TMessage read;
        try
        {
            if (envelope.Read(text) is { } problem)
            {
                error(state, problem);
                return;
            }

            if (!types.TryGetValue(envelope.Type, out var info))
            {
                if (strict)
                {
                    error(state, new(ErrorCodes.UnknownType, $"'{JsonFault.Clip(envelope.Type!)}' is not a message type of this protocol.", envelope.Id));
                }

                return;
            }

            read = (TMessage)JsonSerializer.Deserialize(text, info)!;
        }
        catch (JsonException e)
        {
            error(state, envelope.Whole
                ? new(ErrorCodes.InvalidRequest, $"{envelope.Type}: {JsonFault.Describe(e)}", envelope.Id)
                : new(ErrorCodes.MalformedMessage, JsonFault.Describe(e), envelope.Id));
            return;
        }
        catch (InvalidOperationException)
        {
            // The reader throws this for bytes that are not UTF-8.
            error(state, new(ErrorCodes.MalformedMessage, "The message holds text that is not Unicode.", envelope.Id));
            return;
        }

        message(state, read);
    }

    /// <summary>The two fields that every message shares. They are found before the rest is read, so that an error can name its cause.</summary>
    private struct Envelope
    {
        private const string IdRule = "The field 'id' is a string of 1 to 64 characters.";

        public string? Type { get; private set; }

        public string? Id { get; private set; }

        /// <summary>Whether the text is one JSON object; its content may still be invalid.</summary>
        public bool Whole { get; private set; }

        /// <exception cref="JsonException">The text is not JSON; the fields found before remain set.</exception>
        public ProtocolError? Read(ReadOnlySpan<byte> text)
        {
            string? problem = null;
            bool typed = false, named = false;
            var reader = new Utf8JsonReader(text, Shallow);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return new(ErrorCodes.MalformedMessage, "A message is a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                var isId = !isType && reader.ValueTextEquals("id"u8);
                if ((isType && typed) || (isId && named)) problem ??= $"The field '{(isType ? "type" : "id")}' is there twice.";
                typed |= isType;
                named |= isId;
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String) Type = reader.GetString();
                else if (isId && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 and <= Limits.MaxIdLength } id) Id = id;
                else if (isId && reader.TokenType != JsonTokenType.Null) problem ??= IdRule;
                reader.Skip();
            }

            reader.Read();
            Whole = true;
            if (Type is null) problem ??= "The message has no field 'type' with a string.";
            return problem is null ? null : new(ErrorCodes.InvalidRequest, problem, Id);
        }
    }
}
