namespace Waggle.Shared;

/// <summary>Suggests a known word for a misspelt one.</summary>
internal static class DidYouMean
{
    /// <summary>Returns the known word that is a few keystrokes away; null if none is.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        var most = Math.Max(1, word.TrimStart('-').Length / 3);
        var best = known.Select(k => (Word: k, Distance: Distance(word, k)))
            .Where(k => k.Distance <= most).OrderBy(k => k.Distance).ThenBy(k => k.Word, StringComparer.Ordinal);
        return best.FirstOrDefault().Word;
    }

    // Counts insertions, deletions, replacements and swaps of neighbouring letters.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
