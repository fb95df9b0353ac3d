using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server;
using Waggle.Storage.Sqlite;

namespace Waggle.Benchmarks.Search;

/// <summary>The parameters of <c>search</c>.</summary>
/// <param name="Rate">Tasks a second beside the searches.</param>
/// <param name="Seconds">The duration of the tasks, without searches and with them.</param>
/// <param name="SearchesPerSecond">Searches a second beside the tasks.</param>
internal sealed record SearchPlan(int Entries, int Queries, int Puts, int Indexed, string Labels, int Rate, int Seconds, int SearchesPerSecond);

internal sealed record SearchResult(
    int Entries, int Queries, double HybridP50Ms, double HybridP95Ms, double LexicalP50Ms, double LexicalP95Ms, double VectorP50Ms, double VectorP95Ms,
    double EmbeddingP50Ms, double EmbeddingP95Ms, double WordsIndexedPerSecond, double FoundByWordsP50Ms, double FoundByWordsP95Ms, double FoundByVectorP50Ms,
    double FoundByVectorP95Ms, double IndexedPerSecond, double FirstSearchMs, double NdcgHybrid, double NdcgLexical, double NdcgVector)
{
    public required BesideTasks Beside { get; init; }
}

/// <summary>
/// Searches of a large memory over waggle.v1, with given vectors, so that no model takes part; then the delay, the rate and the quality of the index with the
/// hub's own model.
/// </summary>
internal sealed class SearchBench(SearchPlan plan, Action<string> say)
{
    private const string Namespace = "bench";

    public async Task<SearchResult> RunAsync(CancellationToken cancel)
    {
        var large = await LargeAsync(cancel);
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        try
        {
            await using var hub = await ChildHub.StartAsync(folder, "--embedder", "minilm");
            await using var client = await ConnectAsync(hub.Url, cancel);
            say("the hub's model: first search, delay of the index, rate, quality");
            var set = LabelledSet.Read(plan.Labels);
            var started = Stopwatch.GetTimestamp();
            foreach (var (key, text) in set.Notes) await PutAsync(client, "notes", key, text, cancel);
            var first = await TimeAsync(() => client.Memory.SearchAsync("first", new MemorySearchOptions { Mode = MemorySearchMode.Vector }, cancel));
            await SettleAsync(client, cancel);
            var (hybrid, embedding) = await QualityAsync(client, set, MemorySearchMode.Hybrid, cancel);
            var (lexical, _) = await QualityAsync(client, set, MemorySearchMode.Lexical, cancel);
            var (vector, _) = await QualityAsync(client, set, MemorySearchMode.Vector, cancel);
            var byWords = await DelayAsync(client, MemorySearchMode.Lexical, cancel);
            var byVector = await DelayAsync(client, MemorySearchMode.Vector, cancel);
            started = Stopwatch.GetTimestamp();
            for (var i = 0; i < plan.Indexed; i++) await PutAsync(client, "rate", $"k{i}", $"{set.Notes[i % set.Notes.Count].Text} Note {i}.", cancel);
            await SettleAsync(client, cancel);
            var rate = plan.Indexed / Stopwatch.GetElapsedTime(started).TotalSeconds;
            return large with
            {
                EmbeddingP50Ms = At(embedding, 0.5),
                EmbeddingP95Ms = At(embedding, 0.95),
                FoundByWordsP50Ms = At(byWords, 0.5),
                FoundByWordsP95Ms = At(byWords, 0.95),
                FoundByVectorP50Ms = At(byVector, 0.5),
                FoundByVectorP95Ms = At(byVector, 0.95),
                IndexedPerSecond = rate,
                FirstSearchMs = first,
                NdcgHybrid = hybrid,
                NdcgLexical = lexical,
                NdcgVector = vector,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<SearchResult> LargeAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        try
        {
            var corpus = new Corpus();
            await using var server = await WaggleServer.StartAsync(
                new WaggleServerOptions
                {
                    Port = 0,
                    DataFolder = folder,
                    Embedder = DirectionEmbedder.Embedder,
                    Sqlite = new SqliteStoreOptions { Folder = folder, Synchronous = SqliteSynchronous.Normal },
                },
                cancel: cancel);
            await using var client = await ConnectAsync(server.Url, cancel);
            say($"put {plan.Entries} entries of 40 words");
            var started = Stopwatch.GetTimestamp();
            foreach (var slice in Enumerable.Range(0, plan.Entries).Chunk(500))
                await Task.WhenAll(slice.Select(i => PutAsync(client, Namespace, $"k{i}", corpus.Text(i), cancel)));
            await SettleAsync(client, cancel);
            var rate = plan.Entries / Stopwatch.GetElapsedTime(started).TotalSeconds;
            var queries = Enumerable.Range(0, plan.Queries).Select(i => corpus.Query(i, plan.Entries)).ToArray();
            var times = new Dictionary<MemorySearchMode, double[]>();
            foreach (var mode in Enum.GetValues<MemorySearchMode>())
            {
                say($"{plan.Queries} searches, mode {mode}");
                foreach (var query in queries.Take(20)) await FindAsync(client, query, mode, cancel);
                var seen = new List<double>();
                foreach (var query in queries) seen.Add(await TimeAsync(() => FindAsync(client, query, mode, cancel)));
                times[mode] = [.. seen.Order()];
            }

            say($"{plan.Rate} tasks/s for {plan.Seconds} s, without searches and with {plan.SearchesPerSecond}/s");
            var beside = await new SearchesBesideTasks(plan, server.Url, (i, _) => FindAsync(client, queries[i % queries.Length], MemorySearchMode.Hybrid, cancel))
                .RunAsync(cancel);
            double Of(MemorySearchMode mode, double share) => At(times[mode], share);
            return new(
                plan.Entries, plan.Queries, Of(MemorySearchMode.Hybrid, 0.5), Of(MemorySearchMode.Hybrid, 0.95), Of(MemorySearchMode.Lexical, 0.5),
                Of(MemorySearchMode.Lexical, 0.95), Of(MemorySearchMode.Vector, 0.5), Of(MemorySearchMode.Vector, 0.95), 0, 0, rate, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            {
                Beside = beside,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<MemorySearchResult> FindAsync(WaggleClient client, string query, MemorySearchMode mode, CancellationToken cancel) =>
        client.Memory.SearchAsync(
            mode == MemorySearchMode.Vector ? null : query,
            new MemorySearchOptions { Mode = mode, Vector = mode == MemorySearchMode.Lexical ? null : DirectionEmbedder.VectorOf(query) },
            cancel);

    private static async Task<(double Ndcg, double[] Embedding)> QualityAsync(
        WaggleClient client, LabelledSet set, MemorySearchMode mode, CancellationToken cancel)
    {
        var (sum, embedding) = (0d, new List<double>());
        foreach (var query in set.Queries)
        {
            var found = await client.Memory.SearchAsync(query.Text, new MemorySearchOptions { Namespace = "notes", Mode = mode }, cancel);
            sum += LabelledSet.Ndcg10(query, found.Results.Select(h => h.Key));
            if (found.EmbeddingMs is { } ms) embedding.Add(ms);
        }

        return (sum / set.Queries.Count, [.. embedding.Order()]);
    }

    /// <summary>The time from the answer to a put until a search finds the entry.</summary>
    private async Task<double[]> DelayAsync(WaggleClient client, MemorySearchMode mode, CancellationToken cancel)
    {
        var seen = new List<double>();
        for (var i = 0; i < plan.Puts; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{mode}-{i}");
            await PutAsync(client, "delay", key, $"A note about the {Corpus.Word(i * 37)} of the {Corpus.Word(i * 91)}, number {i}.", cancel);
            var started = Stopwatch.GetTimestamp();
            var options = new MemorySearchOptions { Namespace = "delay", Prefix = key, Mode = mode };
            while (!(await client.Memory.SearchAsync($"note {i}", options, cancel)).Results.Any(h => h.Key == key)) cancel.ThrowIfCancellationRequested();
            seen.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return [.. seen.Order()];
    }

    private static async Task SettleAsync(WaggleClient client, CancellationToken cancel)
    {
        while (true)
        {
            var found = await client.Memory.SearchAsync("nothing", new MemorySearchOptions { Mode = MemorySearchMode.Lexical, Limit = 1 }, cancel);
            if (found.Index is { Position: not null, PendingChanges: 0, PendingVectors: 0 }) return;
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancel);
        }
    }

    private static Task<MemoryEntryView> PutAsync(WaggleClient client, string ns, string key, string text, CancellationToken cancel) =>
        client.Memory.PutAsync(ns, key, RawJson.Parse(JsonSerializer.Serialize(text)), cancel: cancel);

    private static Task<WaggleClient> ConnectAsync(Uri url, CancellationToken cancel) =>
        BenchClient.ConnectAsync(url, cancel);

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double At(double[] ordered, double share) => ordered[(int)Math.Min(ordered.Length - 1, ordered.Length * share)];
}
