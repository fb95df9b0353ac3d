using System.Globalization;

namespace Waggle.Benchmarks.Search;

/// <param name="Grades">The grade of each note that is not 0, by its key.</param>
internal sealed record LabelledQuery(string Text, IReadOnlyDictionary<string, int> Grades);

/// <summary>The notes and queries of bench/search/labels.txt.</summary>
internal sealed record LabelledSet(IReadOnlyList<(string Key, string Text)> Notes, IReadOnlyList<LabelledQuery> Queries)
{
    private const int Answers = 2;
    private const int Related = 1;

    public static LabelledSet Read(string path)
    {
        var notes = new List<(string Key, string Text)>();
        var queries = new List<LabelledQuery>();
        var block = new List<string>();
        foreach (var line in File.ReadLines(path))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) block = [];
            if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                block.Add($"note-{notes.Count + 1}");
                notes.Add((block[^1], line[2..]));
            }

            if (!line.StartsWith("? ", StringComparison.Ordinal)) continue;
            var bar = line.IndexOf('|', StringComparison.Ordinal);
            var answers = line[2..bar].Split(',').Select(n => block[int.Parse(n, CultureInfo.InvariantCulture) - 1]).ToHashSet(StringComparer.Ordinal);
            var grades = block.ToDictionary(key => key, key => answers.Contains(key) ? Answers : Related, StringComparer.Ordinal);
            queries.Add(new(line[(bar + 1)..].Trim(), grades));
        }

        return new(notes, queries);
    }

    /// <summary>
    /// The normalized discounted cumulative gain of the first ten results (Järvelin and Kekäläinen, 2002), with the gain 2^grade − 1.
    /// </summary>
    public static double Ndcg10(LabelledQuery query, IEnumerable<string> keys)
    {
        var gained = Sum(keys.Take(10).Select(key => query.Grades.GetValueOrDefault(key)));
        return gained / Sum(query.Grades.Values.OrderDescending().Take(10));

        static double Sum(IEnumerable<int> grades) => grades.Select((grade, i) => (Math.Pow(2, grade) - 1) / Math.Log2(i + 2)).Sum();
    }
}
