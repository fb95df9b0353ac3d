using System.Text;

namespace Waggle.Survey.Sources;

internal static class SourceBytes
{
    /// <summary>How much of a file is looked at to tell text from binary; git looks at 8000 bytes.</summary>
    public const int Inspected = 8 * 1024;

    /// <summary>A NUL among the first bytes means binary, unless the file announces itself as UTF-16, where every other byte is one.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> head) =>
        Utf16(head) is null && head[..Math.Min(head.Length, Inspected)].Contains((byte)0);

    /// <summary>The text without its byte order mark; without a mark it is UTF-8, and what is not becomes U+FFFD, which no figure counts.</summary>
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
