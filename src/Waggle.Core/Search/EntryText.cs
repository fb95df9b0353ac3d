using System.Text;
using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Search;

/// <summary>Converts values to the text that is indexed: names of properties, strings and numbers, one line for each value.</summary>
internal static class EntryText
{
    /// <summary>The longest indexed text, in characters. Words beyond it are not found.</summary>
    public const int MaxLength = 64 * 1024;

    public static string Of(RawJson value)
    {
        var text = new StringBuilder();
        var reader = new Utf8JsonReader(value.Utf8.Span, new JsonReaderOptions { MaxDepth = 2 * Limits.MaxDepth });
        while (text.Length < MaxLength && reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    text.Append(reader.GetString()).Append(' ');
                    break;
                case JsonTokenType.String:
                    text.Append(reader.GetString()).Append('\n');
                    break;
                case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                    text.Append(Encoding.UTF8.GetString(reader.ValueSpan)).Append('\n');
                    break;
            }
        }

        return Cut(text.ToString().TrimEnd(), MaxLength);
    }

    public static string Of(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is null ? "" : string.Join('\n', metadata.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {m.Value}"));

    /// <summary>Returns at most this many characters around the first of the words; the beginning of the text if it has none of them.</summary>
    public static string Excerpt(string text, IReadOnlyList<string> words, int length)
    {
        if (text.Length <= length) return text;
        var first = words.Select(w => text.IndexOf(w, StringComparison.OrdinalIgnoreCase)).Where(at => at >= 0).DefaultIfEmpty(0).Min();
        var from = Math.Clamp(first - (length / 4), 0, text.Length - length);
        if (from > 0 && char.IsLowSurrogate(text[from])) from--;
        var cut = Cut(text[from..], length - 2);
        return $"{(from > 0 ? "…" : "")}{cut}{(from + cut.Length < text.Length ? "…" : "")}";
    }

    /// <summary>Cuts a text without dividing a pair of surrogates.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
