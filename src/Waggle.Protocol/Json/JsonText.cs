using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Waggle.Protocol.Json;

/// <summary>Writes JSON with <see cref="PlainEncoder"/>, for all of the program's output. Thread-safe.</summary>
public static class JsonText
{
    /// <summary>The options of writers whose caller ensures a valid structure.</summary>
    public static JsonWriterOptions Trusted { get; } = new() { Encoder = PlainEncoder.Instance, SkipValidation = true };

    /// <summary>The options of writers that check their input.</summary>
    public static JsonWriterOptions Checked { get; } = new() { Encoder = PlainEncoder.Instance };

    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Kept;

    /// <summary>Returns a value as UTF-8. It allocates only the returned array.</summary>
    public static byte[] Bytes(object? value, JsonTypeInfo type)
    {
        var output = Kept ?? new ArrayBufferWriter<byte>(1024);
        Kept = null;
        var writer = JsonWriters.Rent(output);
        JsonSerializer.Serialize(writer, value, type);
        JsonWriters.Return(writer);
        var text = output.WrittenSpan.ToArray();
        output.ResetWrittenCount();
        if (output.Capacity <= KeptBytes) Kept = output;
        return text;
    }

    /// <summary>Returns a value as text.</summary>
    public static string Of(object? value, JsonTypeInfo type) => Encoding.UTF8.GetString(Bytes(value, type));

    /// <summary>
    /// Returns the same JSON on one line with the characters escaped that act on a terminal, for values that are shown unchanged. Such characters occur only in
    /// strings, where an escape has the same meaning. Between tokens only tabs and line ends can occur, which become spaces.
    /// </summary>
    public static string ForTerminal(RawJson json)
    {
        var text = json.ToString();
        if (!text.Any(PlainEncoder.Acts)) return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (!PlainEncoder.Acts(c)) shown.Append(c);
            else if (c is '\t' or '\n' or '\r') shown.Append(' ');
            else shown.Append($"\\u{(int)c:X4}");
        }

        return shown.ToString();
    }
}
