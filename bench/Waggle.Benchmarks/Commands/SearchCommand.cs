using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Benchmarks.Search;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>search</c>: searches of a large memory, and the delay, rate and quality of the index with the hub's model.</summary>
internal static class SearchCommand
{
    public static Command Create()
    {
        var entries = Numbers.Option("--entries", "Entries of the large memory.", least: 100, most: 10_000_000, standard: 100_000);
        var queries = Numbers.Option("--queries", "Searches of each mode.", least: 20, most: 100_000, standard: 300);
        var puts = Numbers.Option("--puts", "Puts whose delay until they are found is measured, for each mode.", least: 1, most: 10_000, standard: 50);
        var indexed = Numbers.Option("--indexed", "Entries whose rate of indexing is measured.", least: 1, most: 1_000_000, standard: 500);
        var rate = Numbers.Option("--rate", "Tasks a second, without searches and beside them.", least: 1, most: 100_000, standard: 1_000);
        var seconds = Numbers.Option("--seconds", "Seconds of tasks, three times without searches and three times with them.", least: 1, most: 3_600, standard: 10);
        var searches = Numbers.Option("--searches-per-second", "Searches beside the tasks.", least: 1, most: 10_000, standard: 10);
        var labels = new Option<string>("--labels")
        {
            Description = "The labelled set.",
            DefaultValueFactory = _ => Path.Combine("bench", "search", "labels.txt"),
        };
        return BenchCommand.Create(
            "search",
            "Searches of a large memory; delay, rate and quality of its index.",
            [entries, queries, puts, indexed, labels, rate, seconds, searches],
            BenchJson.Default.SearchResult,
            (parse, cancel) => new SearchBench(
                new SearchPlan(
                    parse.GetValue(entries), parse.GetValue(queries), parse.GetValue(puts), parse.GetValue(indexed), parse.GetValue(labels)!,
                    parse.GetValue(rate), parse.GetValue(seconds), parse.GetValue(searches)),
                Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(SearchResult r)
    {
        Row("memory", $"{r.Entries} entries of 384 numbers and 40 words; {r.Queries} searches each, top 10, vector given");
        Row("hybrid", $"p50 {r.HybridP50Ms:F1} ms, p95 {r.HybridP95Ms:F1} ms");
        Row("lexical", $"p50 {r.LexicalP50Ms:F1} ms, p95 {r.LexicalP95Ms:F1} ms");
        Row("vector", $"p50 {r.VectorP50Ms:F1} ms, p95 {r.VectorP95Ms:F1} ms");
        Row("tasks alone", $"{r.Beside.TasksPerSecond}/s: p50 {r.Beside.TaskP50Ms:F1} ms, p99 {r.Beside.TaskP99Ms:F1} ms from creation to completion");
        Row(
            "tasks beside searches",
            $"p50 {r.Beside.TaskP50WithSearchesMs:F1} ms, p99 {r.Beside.TaskP99WithSearchesMs:F1} ms; "
            + $"{r.Beside.Searches} searches, p50 {r.Beside.SearchP50Ms:F1} ms, p95 {r.Beside.SearchP95Ms:F1} ms");
        Row("put and indexed, no model", $"{r.WordsIndexedPerSecond:F0} entries/s");
        Row("vector of a query, minilm", $"p50 {r.EmbeddingP50Ms:F1} ms, p95 {r.EmbeddingP95Ms:F1} ms; first search {r.FirstSearchMs:F0} ms");
        Row("put → found by words", $"p50 {r.FoundByWordsP50Ms:F1} ms, p95 {r.FoundByWordsP95Ms:F1} ms");
        Row("put → found by vector, minilm", $"p50 {r.FoundByVectorP50Ms:F1} ms, p95 {r.FoundByVectorP95Ms:F1} ms");
        Row("indexed, minilm", $"{r.IndexedPerSecond:F0} entries/s");
        Row("nDCG@10, 100 queries", $"hybrid {r.NdcgHybrid:F3}, lexical {r.NdcgLexical:F3}, vector {r.NdcgVector:F3}");
    }
}
