using System.Collections.Frozen;

namespace Waggle.Core.Search;

/// <summary>Divides texts into words: runs of letters and digits in lower case.</summary>
internal static class TextWords
{
    // Words of English that stand in nearly every text, so they only cost time and add false similarity.
    private static readonly FrozenSet<string> Stop = FrozenSet.Create(
        StringComparer.Ordinal,
        "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "before", "but", "by", "can", "could", "did", "do", "does",
        "for", "from", "had", "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or",
        "our", "s", "she", "should", "so", "some", "t", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "was",
        "we", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would", "you", "your");

    public static bool IsStopWord(string word) => Stop.Contains(word);

    /// <summary>Returns the words of a text in order, with repetitions.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsPart(text[i]))
            {
                if (start < 0) start = i;
            }
            else if (start >= 0)
            {
                yield return text[start..i].ToLowerInvariant();
                start = -1;
            }
        }
    }

    /// <summary>Returns the words that a query searches for, each once: all but the stop words, or all if there are no others.</summary>
    public static IReadOnlyList<string> OfQuery(string text, int most)
    {
        var all = Of(text).Distinct(StringComparer.Ordinal).ToList();
        var telling = all.Where(w => !IsStopWord(w)).Take(most).ToList();
        return telling.Count > 0 ? telling : [.. all.Take(most)];
    }

    // Half a pair of surrogates is no letter by itself, but a part of one.
    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
