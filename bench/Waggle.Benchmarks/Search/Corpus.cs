namespace Waggle.Benchmarks.Search;

/// <summary>Texts of 40 words from a vocabulary of 20,000 whose words are as unequally frequent as those of a language (Zipf). The same in every run.</summary>
internal sealed class Corpus
{
    private const int Vocabulary = 20_000;
    private const int Length = 40;
    private const int QueryWords = 4;
    private const int StopWords = 100;

    private static readonly string[] Syllables = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "xu", "za"];

    // A hub leaves such words of a language out of a query.
    private readonly HashSet<string> _frequent = [.. Enumerable.Range(0, StopWords).Select(Word)];

    private readonly double[] _cumulative = new double[Vocabulary];

    public Corpus()
    {
        for (var (i, sum) = (0, 0d); i < Vocabulary; i++) _cumulative[i] = sum += 1d / (i + 1);
    }

    public static string Word(int rank)
    {
        var word = "";
        for (var rest = (rank % Vocabulary) + 16; rest > 0; rest /= 16) word += Syllables[rest % 16];
        return word;
    }

    public string Text(int number) => string.Join(' ', Words(number, Length));

    /// <summary>Some words of one of the texts.</summary>
    public string Query(int number, int entries)
    {
        var target = (int)((long)number * 7919 % entries);
        var words = Words(target, Length).Distinct(StringComparer.Ordinal).Except(_frequent, StringComparer.Ordinal).ToArray();
        new Random(number).Shuffle(words);
        return string.Join(' ', words.Take(QueryWords));
    }

    private IEnumerable<string> Words(int number, int count)
    {
        var dice = new Random(number);
        for (var i = 0; i < count; i++)
        {
            var place = Array.BinarySearch(_cumulative, dice.NextDouble() * _cumulative[^1]);
            yield return Word(Math.Min(place < 0 ? ~place : place, Vocabulary - 1));
        }
    }
}
