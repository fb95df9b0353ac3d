using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using MessagePack;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.Binary;

/// <summary>
/// Converts a message between JSON and MessagePack, which have the same values here: null, booleans, numbers, strings, arrays, and maps with strings as keys.
/// Pure. The runtime loads the library with the first call.
/// </summary>
internal static class MessagePackCodec
{
    /// <summary>The greatest depth of a message that is converted. The dialects themselves accept less.</summary>
    public const int MaxDepth = 2 * Limits.MaxDepth;

    private static readonly string TooLong = $"A message has at most {Limits.MaxMessageBytes} bytes as JSON.";

    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>Writes a message of the hub, which is valid JSON, as MessagePack.</summary>
    public static void FromJson(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        // A container has its length in front, which JSON tells only at its end.
        var lengths = LengthsOf(json);
        var reader = new Utf8JsonReader(json, Deep);
        var writer = new MessagePackWriter(output);
        var next = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteMapHeader(lengths[next++]); break;
                case JsonTokenType.StartArray: writer.WriteArrayHeader(lengths[next++]); break;
                case JsonTokenType.PropertyName or JsonTokenType.String: WriteText(ref reader, ref writer); break;
                case JsonTokenType.Number: WriteNumber(ref reader, ref writer); break;
                case JsonTokenType.True: writer.Write(true); break;
                case JsonTokenType.False: writer.Write(false); break;
                case JsonTokenType.Null: writer.WriteNil(); break;
            }
        }

        writer.Flush();
    }

    /// <summary>Writes a message of a client as JSON.</summary>
    /// <returns>Null, or what is wrong with the message. The output is then incomplete.</returns>
    public static string? ToJson(ReadOnlyMemory<byte> message, ArrayBufferWriter<byte> output)
    {
        var writer = JsonWriters.Rent(output);
        var reader = new MessagePackReader(message);
        try
        {
            if (Copy(ref reader, writer, output, 0) is { } problem) return problem;
            if (!reader.End) return "A frame holds one message; there are bytes after it.";

            // The last value, too: a text of control characters becomes six times as long.
            if (output.WrittenCount + writer.BytesPending > Limits.MaxMessageBytes) return TooLong;
            JsonWriters.Return(writer);
            return null;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentOutOfRangeException)
        {
            return "The message is no valid MessagePack: it ends too early, or a length or type is wrong.";
        }
    }

    private static string? Copy(ref MessagePackReader reader, Utf8JsonWriter writer, ArrayBufferWriter<byte> output, int depth)
    {
        if (depth > MaxDepth) return $"A message has at most {MaxDepth} levels.";

        // Its JSON has the same limit as a message in JSON, so a short message cannot become a long one.
        if (output.WrittenCount + writer.BytesPending > Limits.MaxMessageBytes) return TooLong;
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Map: return CopyMap(ref reader, writer, output, depth);
            case MessagePackType.Array: return CopyArray(ref reader, writer, output, depth);
            case MessagePackType.String: return CopyText(ref reader, writer, isName: false);
            case MessagePackType.Float: return CopyFloat(ref reader, writer);
            case MessagePackType.Integer when reader.NextCode == MessagePackCode.UInt64: writer.WriteNumberValue(reader.ReadUInt64()); return null;
            case MessagePackType.Integer: writer.WriteNumberValue(reader.ReadInt64()); return null;
            case MessagePackType.Boolean: writer.WriteBooleanValue(reader.ReadBoolean()); return null;
            case MessagePackType.Nil:
                reader.ReadNil();
                writer.WriteNullValue();
                return null;
            default: return "A message has no binary data and no extension types.";
        }
    }

    private static string? CopyMap(ref MessagePackReader reader, Utf8JsonWriter writer, ArrayBufferWriter<byte> output, int depth)
    {
        writer.WriteStartObject();
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            if (reader.NextMessagePackType != MessagePackType.String) return "The keys of a map are strings.";
            if ((CopyText(ref reader, writer, isName: true) ?? Copy(ref reader, writer, output, depth + 1)) is { } problem) return problem;
        }

        writer.WriteEndObject();
        return null;
    }

    private static string? CopyArray(ref MessagePackReader reader, Utf8JsonWriter writer, ArrayBufferWriter<byte> output, int depth)
    {
        writer.WriteStartArray();
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            if (Copy(ref reader, writer, output, depth + 1) is { } problem) return problem;
        }

        writer.WriteEndArray();
        return null;
    }

    private static string? CopyText(ref MessagePackReader reader, Utf8JsonWriter writer, bool isName)
    {
        // The message is in one piece, and so is each string of it.
        var text = reader.ReadStringSequence()!.Value.FirstSpan;
        if (!Utf8.IsValid(text)) return "A string is not UTF-8.";
        if (isName) writer.WritePropertyName(text);
        else writer.WriteStringValue(text);
        return null;
    }

    private static string? CopyFloat(ref MessagePackReader reader, Utf8JsonWriter writer)
    {
        var number = reader.ReadDouble();
        if (!double.IsFinite(number)) return "A number is finite.";
        writer.WriteNumberValue(number);
        return null;
    }

    private static void WriteText(ref Utf8JsonReader reader, ref MessagePackWriter writer)
    {
        if (!reader.ValueIsEscaped)
        {
            writer.WriteString(reader.ValueSpan);
            return;
        }

        var text = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        writer.WriteString(text.AsSpan(0, reader.CopyString(text)));
        ArrayPool<byte>.Shared.Return(text);
    }

    private static void WriteNumber(ref Utf8JsonReader reader, ref MessagePackWriter writer)
    {
        if (reader.TryGetInt64(out var whole)) writer.Write(whole);
        else if (reader.TryGetUInt64(out var large)) writer.Write(large);
        else writer.Write(reader.GetDouble());
    }

    // The number of entries of each container, in the order of their beginnings.
    private static List<int> LengthsOf(ReadOnlySpan<byte> json)
    {
        var (lengths, open) = (new List<int>(), new Stack<int>());
        var reader = new Utf8JsonReader(json, Deep);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    continue;
                case JsonTokenType.PropertyName:
                    continue;
            }

            if (open.TryPeek(out var parent)) lengths[parent]++;
            if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) continue;
            open.Push(lengths.Count);
            lengths.Add(0);
        }

        return lengths;
    }
}
