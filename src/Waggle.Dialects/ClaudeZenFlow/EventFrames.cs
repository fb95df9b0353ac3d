using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>Writes packets of Socket.IO's main namespace, each as one message.</summary>
internal static class EventFrames
{
    // The type of a packet whose attachments the transport has dropped.
    private const byte BinaryEvent = (byte)'5';

    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>The packet that disconnects a socket from the namespace; its client does not reconnect without a call of its application.</summary>
    public static ReadOnlySpan<byte> Disconnect => "41"u8;

    /// <summary>Writes an event whose argument is an object.</summary>
    public static void Event<T>(IMessageWriter output, ReadOnlySpan<byte> name, T state, Action<Utf8JsonWriter, T> write)
    {
        output.Write("42"u8);
        var writer = JsonWriters.Rent(output);
        writer.WriteStartArray();
        writer.WriteStringValue(name);
        Object(writer, state, write);
        Complete(writer, output);
    }

    /// <summary>Writes an acknowledgement whose argument is an object.</summary>
    public static void Ack<T>(IMessageWriter output, long id, T state, Action<Utf8JsonWriter, T> write)
    {
        output.Write("43"u8);
        output.Write(Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture)));
        var writer = JsonWriters.Rent(output);
        writer.WriteStartArray();
        Object(writer, state, write);
        Complete(writer, output);
    }

    /// <summary>Repeats the argument of a ping unchanged, as its acknowledgement or as a pong.</summary>
    public static void Echo(IMessageWriter output, long? id, ReadOnlySpan<byte> argument)
    {
        output.Write(id is { } number ? Encoding.ASCII.GetBytes($"43{number.ToString(CultureInfo.InvariantCulture)}[") : "42[\"pong\","u8);
        output.Write(argument);
        output.Write("]"u8);
        output.Next();
    }

    /// <summary>Writes an error as the answer to a call, or as an <c>error</c> event for a client without an acknowledgement.</summary>
    public static void Error(IMessageWriter output, long? id, string message, string code)
    {
        if (id is { } number) Ack(output, number, (message, code), WriteError);
        else Event(output, "error"u8, (message, code), WriteError);
    }

    /// <summary>Reads an event of a client: <c>42[ID]["name",argument,…]</c>; with attachments, <c>45NUMBER-[ID]["name",argument,…]</c>.</summary>
    /// <param name="argument">The unparsed first argument; <c>null</c> if there is none.</param>
    public static Call Read(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> argument)
    {
        var hasAttachments = frame[1] == BinaryEvent;
        var from = hasAttachments ? frame.IndexOf((byte)'-') + 1 : 2;
        var at = from;
        while (at < frame.Length && char.IsAsciiDigit((char)frame[at])) at++;
        long? id = at > from ? long.Parse(frame[from..at], CultureInfo.InvariantCulture) : null;
        var json = frame[at..];
        var reader = new Utf8JsonReader(json, Deep);
        reader.Read();
        reader.Read();
        var name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
        argument = "null"u8;
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray) return new Call(name, id) { HasAttachments = hasAttachments };
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        argument = json[start..(int)reader.BytesConsumed];
        return new Call(name, id) { HasAttachments = hasAttachments };
    }

    private static void WriteError(Utf8JsonWriter writer, (string Message, string Code) error)
    {
        writer.WriteString("error"u8, error.Message);
        writer.WriteString("code"u8, error.Code);
    }

    private static void Object<T>(Utf8JsonWriter writer, T state, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        write(writer, state);
        writer.WriteEndObject();
    }

    private static void Complete(Utf8JsonWriter writer, IMessageWriter output)
    {
        writer.WriteEndArray();
        JsonWriters.Return(writer);
        output.Next();
    }
}
