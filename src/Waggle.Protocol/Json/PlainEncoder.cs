using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Waggle.Protocol.Json;

/// <summary>
/// Escapes in JSON the characters that must be escaped: quotes, backslashes, controls and unpaired surrogates, which become U+FFFD. It also escapes the
/// characters that act on a terminal or a log (C1 controls, line separators, bidirectional controls, the byte order mark). An apostrophe, an accent and an
/// emoji stay unchanged. The output is for JSON documents and not for embedding in HTML.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed unsafe class PlainEncoder : JavaScriptEncoder
{
    private const string Acting = "\u061C\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\uFEFF";

    private static readonly SearchValues<char> SafeChars = SearchValues.Create(SafeAscii());
    private static readonly SearchValues<byte> SafeBytes = SearchValues.Create([.. SafeAscii().Select(c => (byte)c)]);

    private PlainEncoder()
    {
    }

    public static PlainEncoder Instance { get; } = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <summary>
    /// Returns whether a character acts on a terminal, a log or the direction of the text around it: controls (tab and newline too), line separators,
    /// bidirectional controls.
    /// </summary>
    public static bool Acts(char c) => c < ' ' || c is >= '\u007F' and <= '\u009F' || (c >= '\u061C' && Acting.Contains(c, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar <= char.MaxValue && ((char)unicodeScalar is '"' or '\\' || char.IsSurrogate((char)unicodeScalar) || Acts((char)unicodeScalar));

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength) => First(new ReadOnlySpan<char>(text, textLength));

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        var at = 0;
        while (utf8Text[at..].IndexOfAnyExcept(SafeBytes) is >= 0 and var next)
        {
            at += next;
            if (Rune.DecodeFromUtf8(utf8Text[at..], out var rune, out var length) != OperationStatus.Done || WillEncode(rune.Value)) return at;
            at += length;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        if (!WillEncode(unicodeScalar)) return new Rune(unicodeScalar).TryEncodeToUtf16(output, out numberOfCharactersWritten);
        if (Short(unicodeScalar) is not '\0' and var letter)
        {
            numberOfCharactersWritten = 0;
            if (output.Length < 2) return false;
            (output[0], output[1], numberOfCharactersWritten) = ('\\', letter, 2);
            return true;
        }

        return output.TryWrite($"\\u{unicodeScalar:X4}", out numberOfCharactersWritten);
    }

    private static int First(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (text[at..].IndexOfAnyExcept(SafeChars) is >= 0 and var next)
        {
            at += next;
            if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) != OperationStatus.Done || Instance.WillEncode(rune.Value)) return at;
            at += length;
        }

        return -1;
    }

    private static char Short(int scalar) => scalar switch
    {
        '"' => '"',
        '\\' => '\\',
        '\b' => 'b',
        '\f' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        _ => '\0',
    };

    private static string SafeAscii() => string.Concat(Enumerable.Range(' ', '\u007F' - ' ').Select(c => (char)c).Where(c => c is not ('"' or '\\')));
}
