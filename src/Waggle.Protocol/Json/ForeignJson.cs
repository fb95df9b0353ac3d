namespace Waggle.Protocol.Json;

/// <summary>
/// The one policy for JSON from outside (docs/adr/0015-foreign-text.md). It skips a byte order mark at the beginning. It replaces an escaped unpaired surrogate
/// with U+FFFD, because no reader of this program can decode it; such an escape, for example <c>\ud83d</c>, remains when a text is cut within an emoji. All
/// other text stays unchanged.
/// </summary>
/// <remarks>Pure and thread-safe. Text without such an escape is searched and not copied.</remarks>
public static class ForeignJson
{
    private const int EscapeLength = 6;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> Replacement => "\\ufffd"u8;

    /// <summary>Returns the same text if it is clean, else a mended copy. The result may still not be JSON.</summary>
    public static ReadOnlySpan<byte> Mend(ReadOnlySpan<byte> json)
    {
        json = WithoutMark(json);
        var at = NextHalf(json, 0);
        if (at < 0) return json;
        var mended = json.ToArray();
        Replace(mended, at);
        return mended;
    }

    /// <summary>Mends text that the caller owns, in its place.</summary>
    public static Memory<byte> MendInPlace(Memory<byte> json)
    {
        if (json.Span.StartsWith(ByteOrderMark)) json = json[ByteOrderMark.Length..];
        if (NextHalf(json.Span, 0) is >= 0 and var at) Replace(json.Span, at);
        return json;
    }

    /// <summary>Returns whether <see cref="Mend"/> would change nothing.</summary>
    public static bool IsClean(ReadOnlySpan<byte> json) => !json.StartsWith(ByteOrderMark) && NextHalf(json, 0) < 0;

    /// <summary>Returns text from a file, a program or a person without a byte order mark at the beginning.</summary>
    public static string WithoutMark(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text is ['\uFEFF', ..] ? text[1..] : text;
    }

    /// <inheritdoc cref="WithoutMark(string)"/>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith(ByteOrderMark) ? text[ByteOrderMark.Length..] : text;

    private static void Replace(Span<byte> json, int at)
    {
        for (; at >= 0; at = NextHalf(json, at + EscapeLength)) Replacement.CopyTo(json[at..]);
    }

    // A backslash occurs in JSON only within strings, and each except that of \u takes one character with it.
    private static int NextHalf(ReadOnlySpan<byte> json, int at)
    {
        if (json[at..].IndexOf("\\u"u8) < 0) return -1;
        while (json[at..].IndexOf((byte)'\\') is >= 0 and var next)
        {
            at += next;
            var unit = UnitAt(json, at);
            if (unit < 0)
            {
                at += 2;
                if (at >= json.Length) return -1;
                continue;
            }

            if (!char.IsSurrogate((char)unit))
            {
                at += EscapeLength;
                continue;
            }

            if (!char.IsHighSurrogate((char)unit) || UnitAt(json, at + EscapeLength) is not (>= 0xDC00 and <= 0xDFFF)) return at;
            at += 2 * EscapeLength;
        }

        return -1;
    }

    // Returns the value of an escape \uXXXX; -1 if none begins there.
    private static int UnitAt(ReadOnlySpan<byte> json, int at)
    {
        if (json.Length - at < EscapeLength || json[at] != '\\' || json[at + 1] != 'u') return -1;
        var value = 0;
        foreach (var digit in json.Slice(at + 2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit)) return -1;
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }
}
