using System.Text;

namespace Waggle.Survey.Sources;

internal static class SourceBytes
{
    /// <summary>The number of bytes that decide between text and binary; git uses 8000.</summary>
    public const int Inspected = 8 * 1024;

    /// <summary>Whether the first bytes contain a NUL, which means binary. A file with a UTF-16 mark is text, although every other byte may be NUL.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> head) =>
        Utf16(head) is null && head[..Math.Min(head.Length, Inspected)].Contains((byte)0);

    /// <summary>Decodes the text without its byte order mark. Without a mark it is UTF-8; invalid bytes become U+FFFD, which no figure counts.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf16(bytes) is { } utf16)
            return utf16.GetString(bytes[2..]);
        return Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes);
    }

    private static UnicodeEncoding? Utf16(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
        [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
        _ => null,
    };
}
