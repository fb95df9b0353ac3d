using Waggle.Core.Search;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Search;

/// <summary>The index over restarts, losses, damage and changes of its embedder.</summary>
public sealed class SearchIndexTests
{
    [Fact]
    public async Task After_a_restart_the_index_goes_on_and_computes_no_vector_again()
    {
        var letters = new LetterEmbedder(3);
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(letters));
        await hive.PutAsync("a", "aa");
        await hive.PutAsync("b", "bb");
        await hive.SettleAsync();
        await hive.RestartAsync();
        await hive.PutAsync("c", "cc");

        Assert.Equal(["a"], (await hive.KeysAsync("aa", MemorySearchMode.Vector)).Take(1));
        Assert.Equal(3, (await hive.SettleAsync()).Entries);
        Assert.Equal(3 + 1, letters.Texts);
    }

    [Fact]
    public async Task Changes_without_a_search_index_are_found_in_the_log_at_the_next_start()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("a", "winter");
        await hive.PutAsync("b", "winter");
        await hive.SettleAsync();
        await hive.CloseAsync();
        await hive.OpenAsync(withSearch: false);
        await hive.DeleteAsync("a");
        await hive.PutAsync("c", "winter");
        await hive.RestartAsync();

        Assert.Equal(["b", "c"], (await hive.KeysAsync("winter")).Order());
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("no database")]
    [InlineData("cut")]
    public async Task A_lost_or_damaged_index_is_filled_again(string fault)
    {
        await using var hive = await SearchHive.StartAsync();
        foreach (var i in Enumerable.Range(0, 300)) await hive.PutAsync($"k{i:000}", i == 123 ? "winter" : $"summer {i}");
        await hive.SettleAsync();
        await hive.CloseAsync();
        if (fault == "lost") File.Delete(hive.IndexPath);
        else if (fault == "cut") File.WriteAllBytes(hive.IndexPath, File.ReadAllBytes(hive.IndexPath)[..9000]);
        else File.WriteAllText(hive.IndexPath, new string('x', 20_000));
        await hive.OpenAsync();

        Assert.Equal(["k123"], await hive.KeysAsync("winter"));
        Assert.Equal(300, (await hive.SettleAsync()).Entries);
    }

    [Fact]
    public async Task Damage_that_a_search_finds_fills_the_index_again()
    {
        await using var hive = await SearchHive.StartAsync();
        foreach (var i in Enumerable.Range(0, 400)) await hive.PutAsync($"k{i:000}", $"winter {i} " + new string((char)('a' + (i % 26)), 30));
        await hive.SettleAsync();
        await hive.CloseAsync();
        Damage(hive.IndexPath);
        await hive.OpenAsync();
        await Eventually.Async(
            async () => (await hive.AskAsync(new SearchMemory("winter") { Limit = 100, By = SearchHive.User })).Value?.Results.Count == 100, "the new index");

        Assert.Equal(400, (await hive.SettleAsync()).Entries);
    }

    [Fact]
    public async Task Another_embedder_gets_all_entries_again_and_never_meets_the_vectors_of_the_first()
    {
        var (first, second) = (new LetterEmbedder(3), new LetterEmbedder(3));
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(first));
        await hive.PutAsync("a", "aa");
        await hive.PutAsync("b", "bb");
        await hive.SettleAsync();
        await hive.CloseAsync();
        hive.Embedder = LetterEmbedder.Of(second, "other-letters");
        second.Fails = true;
        await hive.OpenAsync();
        await Eventually.Async(
            async () => (await hive.AskAsync(new SearchMemory("aa") { Mode = MemorySearchMode.Lexical, By = SearchHive.User })).Value?.Index.PendingVectors == 2,
            "the entries wait for new vectors");
        var meanwhile = (await hive.AskAsync(new SearchMemory(null) { Vector = [1, 0, 0], By = SearchHive.User })).Value!;

        Assert.Empty(meanwhile.Results);
        second.Fails = false;
        Assert.Equal(["a", "b"], await hive.KeysAsync("aa", MemorySearchMode.Vector));
        Assert.Equal((2, "other-letters"), (first.Texts, (await hive.FindAsync(new SearchMemory("aa") { By = SearchHive.User })).Embedder));
    }

    [Fact]
    public async Task A_model_that_returns_vectors_of_another_length_gets_all_entries_again()
    {
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(new LetterEmbedder(3)));
        await hive.PutAsync("a", "aa");
        await hive.PutAsync("b", "bb");
        await hive.SettleAsync();
        await hive.CloseAsync();
        hive.Embedder = LetterEmbedder.Of(new LetterEmbedder(5));
        await hive.OpenAsync();
        await hive.PutAsync("e", "ee");

        Assert.Equal(["a", "b", "e"], (await hive.KeysAsync("e", MemorySearchMode.Vector)).Order());
        Assert.Equal("e", (await hive.KeysAsync("e", MemorySearchMode.Vector))[0]);
    }

    [Fact]
    public async Task While_the_embedder_fails_a_hybrid_search_is_by_words_and_only_the_log_has_the_embedders_message()
    {
        const string Failed = "The embedder 'letters' failed: its service returned no vectors. The hub's log has the details.";
        var letters = new LetterEmbedder(3) { Fails = true };
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(letters));
        await hive.PutAsync("a", "cab");
        await Eventually.Async(async () => (await Search()).Value?.Results.Count == 1, "the entry is indexed by its words");
        await Eventually.Async(async () => (await Search()).Value!.Index.Problem is not null, "the first batch fails");
        var found = (await Search()).Value!;
        var vector = await hive.AskAsync(new SearchMemory("cab") { Mode = MemorySearchMode.Vector, By = SearchHive.User });

        Assert.Equal((MemorySearchMode.Lexical, "bm25", false, null), (found.Mode, found.ScoreKind, found.Semantic, found.Embedder));
        Assert.Equal(Failed, found.Reduced);
        Assert.Equal((1, Failed), (found.Index.PendingVectors, found.Index.Problem));
        Assert.Equal((ErrorCodes.EmbedderFailed, true), (vector.Error!.Code, vector.Error.RetryAfterMs > 0));
        Assert.Equal($"{Failed} Search by words with mode lexical.", vector.Error.Message);
        Assert.Equal(2, hive.Log.Faults.Count(f => f.Contains("Connection refused by 10.0.0.5.", StringComparison.Ordinal)));
        letters.Fails = false;
        Assert.Equal(["a"], await hive.KeysAsync("cab", MemorySearchMode.Vector));

        async Task<Core.Kernel.Outcome<MemorySearchResult>> Search() => await hive.AskAsync(new SearchMemory("cab") { By = SearchHive.User });
    }

    [Fact]
    public async Task A_log_that_no_longer_reaches_back_fills_the_index_from_the_entries()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("a", "winter");
        await hive.SettleAsync();
        await hive.CloseAsync();
        hive.Options = hive.Options with { LogRetention = TimeSpan.FromMilliseconds(1), RetentionInterval = TimeSpan.FromMilliseconds(20) };
        await hive.OpenAsync(withSearch: false);
        await hive.PutAsync("b", "winter");
        var after = new Position(hive.Hive.Head.Epoch, hive.Hive.Head.Offset - 1);
        await Eventually.Async(async () => !(await hive.Hive.ReadAsync(after, 1, CancellationToken.None)).Known, "the log is pruned");
        await hive.RestartAsync();

        Assert.Equal(["a", "b"], (await hive.KeysAsync("winter")).Order());
    }

    // Overwrites every second page behind the first ones, as a failing disk may.
    private static void Damage(string file)
    {
        const int PageSize = 8192;
        var bytes = File.ReadAllBytes(file);
        for (var page = 3; (page + 1) * PageSize <= bytes.Length; page += 2) bytes.AsSpan(page * PageSize, PageSize).Fill(0xee);
        File.WriteAllBytes(file, bytes);
    }
}
