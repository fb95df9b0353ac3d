using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;

namespace Waggle.Survey.Voting;

/// <summary>The hot spots of a survey in the memory of its swarm: the reporter puts them there, and the voters find them by a search.</summary>
internal static class HotSpots
{
    /// <summary>The number of hot spots that the swarm votes on.</summary>
    public const int Most = 5;

    private const string Namespace = "hot-spots";
    private const string PathName = "path";

    // The property names of a measure are part of the text that the hub indexes.
    private const string Query = "most complex function, longest function, nesting";

    // The greatest length of an option of a proposal.
    private const int LongestOption = 200;

    private static readonly TimeSpan BetweenSearches = TimeSpan.FromMilliseconds(50);

    /// <summary>Puts the measures of the hottest files into the swarm's memory, in the order of the report.</summary>
    public static async Task PutAsync(WaggleClient client, string swarm, IEnumerable<FileMeasure> ranked, CancellationToken cancel)
    {
        var rank = 0;
        foreach (var file in ranked.Take(Most))
        {
            var value = RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(file, SurveyJson.Default.FileMeasure));
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [PathName] = OptionOf(file) };
            await client.Memory.PutAsync(Namespace, $"rank-{++rank}", value, new MemoryPutOptions { Swarm = swarm, Metadata = metadata }, cancel);
        }
    }

    /// <summary>Returns the options of the proposal, in the order of the report.</summary>
    public static async Task<IReadOnlyList<string>> OptionsAsync(WaggleClient client, string swarm, CancellationToken cancel)
    {
        var options = new List<string>();
        await foreach (var entry in client.Memory.ListAsync(Namespace, swarm: swarm, cancel: cancel)) options.Add(entry.Metadata![PathName]);
        return options;
    }

    /// <summary>
    /// Searches the swarm's memory for the hot spots and returns their measures. The hub's index follows a put after a moment, so the search is repeated until
    /// it finds all of them.
    /// </summary>
    /// <param name="count">The number of hot spots that the proposal names.</param>
    public static async Task<IReadOnlyList<FileMeasure>> FindAsync(WaggleClient client, string swarm, int count, TimeProvider time, CancellationToken cancel)
    {
        var options = new MemorySearchOptions { Namespace = Namespace, Swarm = swarm, Limit = count };
        var found = await client.Memory.SearchAsync(Query, options, cancel);
        while (found.Results.Count < count)
        {
            await Task.Delay(BetweenSearches, time, cancel);
            found = await client.Memory.SearchAsync(Query, options, cancel);
        }

        var files = new List<FileMeasure>(count);
        foreach (var hit in found.Results.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            var entry = await client.Memory.GetAsync(Namespace, hit.Key, swarm, cancel);
            files.Add(JsonSerializer.Deserialize(entry!.Value.Utf8.Span, SurveyJson.Default.FileMeasure)!);
        }

        return files;
    }

    /// <summary>Returns the option for a file: its path, or the end of a path that is longer than an option may be.</summary>
    public static string OptionOf(FileMeasure file) => file.Path.Length <= LongestOption ? file.Path : "…" + file.Path[^(LongestOption - 1)..];
}
