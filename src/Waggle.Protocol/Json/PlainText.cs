using System.Text;

namespace Waggle.Protocol.Json;

/// <summary>Prepares foreign text for terminals, logs and error messages. Pure and thread-safe.</summary>
public static class PlainText
{
    private const char Ellipsis = '…';

    /// <summary>
    /// Returns the text on one line. Controls become spaces. Bidirectional controls and line separators, which could disguise a text, become U+FFFD.
    /// </summary>
    public static string OneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(PlainEncoder.Acts)) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in text) plain.Append(!PlainEncoder.Acts(c) ? c : char.IsControl(c) ? ' ' : '\uFFFD');
        return plain.ToString();
    }

    /// <summary>
    /// Returns at most <paramref name="length"/> UTF-16 units. A longer text ends with an ellipsis and is never cut within a surrogate pair; null becomes
    /// empty.
    /// </summary>
    public static string Clip(string? text, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if (text is null || text.Length <= length) return text ?? "";
        return string.Concat(text.AsSpan(0, Whole(text, 0, length - 1)), [Ellipsis]);
    }

    /// <summary>
    /// Splits the text into pieces of at most <paramref name="length"/> UTF-16 units (2 or more), never within a surrogate pair. An empty text is one piece.
    /// </summary>
    public static IEnumerable<string> Split(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        if (text.Length <= length) return [text];
        return Pieces(text, length);
    }

    private static IEnumerable<string> Pieces(string text, int length)
    {
        for (var from = 0; from < text.Length;)
        {
            var count = Whole(text, from, Math.Min(length, text.Length - from));
            yield return text.Substring(from, count);
            from += count;
        }
    }

    private static int Whole(string text, int from, int count) =>
        count > 0 && from + count < text.Length && char.IsHighSurrogate(text[from + count - 1]) && char.IsLowSurrogate(text[from + count]) ? count - 1 : count;
}
