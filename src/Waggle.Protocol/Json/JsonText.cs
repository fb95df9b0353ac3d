using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Waggle.Protocol.Json;

/// <summary>How this program writes JSON: with <see cref="PlainEncoder"/>, on every road. Thread-safe.</summary>
public static class JsonText
{
    /// <summary>For writers whose caller keeps the structure right.</summary>
    public static JsonWriterOptions Trusted { get; } = new() { Encoder = PlainEncoder.Instance, SkipValidation = true };

    /// <summary>For writers that check what they are told to write.</summary>
    public static JsonWriterOptions Checked { get; } = new() { Encoder = PlainEncoder.Instance };

    private const int KeptBytes = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Kept;

    /// <summary>A value as UTF-8; its text is the one thing that is allocated.</summary>
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

    /// <summary>A value as text.</summary>
    public static string Of(object? value, JsonTypeInfo type) => Encoding.UTF8.GetString(Bytes(value, type));

    /// <summary>
    /// The same JSON on one line, with what acts on a terminal escaped: for values that are shown as they came. Such characters occur in strings alone,
    /// where an escape means the same; between tokens stand at most tabs and line ends, which become spaces.
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
