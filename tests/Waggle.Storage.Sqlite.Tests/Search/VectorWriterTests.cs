using Waggle.Core.Search;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Search;

/// <summary>The vectors of entries over refused texts and failed writes.</summary>
public sealed class VectorWriterTests
{
    [Fact]
    public async Task A_text_that_is_too_long_for_the_embedder_gets_the_vector_of_its_beginning()
    {
        var letters = new LetterEmbedder(3) { Fails = true, Refuses = static text => text.Length > 1000 };
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(letters));
        await hive.PutAsync("long", new string('a', 750) + new string('b', 2250));
        await hive.PutAsync("short", "bb");
        letters.Fails = false;

        var found = await hive.FindAsync(new SearchMemory("a") { Mode = MemorySearchMode.Vector, By = SearchHive.User });
        Assert.Equal(["long", "short"], found.Results.Select(h => h.Key));
        Assert.Equal(1, found.Results[0].Score!.Value, 1e-5f);
        Assert.Null(found.Index.Problem);
    }

    [Fact]
    public async Task A_text_that_the_embedder_always_refuses_is_found_by_words_and_delays_no_other()
    {
        var letters = new LetterEmbedder(3) { Refuses = static text => text.StartsWith("refused", StringComparison.Ordinal) };
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(letters));
        await hive.PutAsync("no", "refused " + new string('a', 1000));
        await hive.PutAsync("yes", "aa");

        Assert.Equal(["yes"], await hive.KeysAsync("aa", MemorySearchMode.Vector));
        Assert.Equal(["no"], await hive.KeysAsync("refused"));
    }

    [Fact]
    public async Task A_text_on_which_the_embedder_fails_each_time_is_set_aside_and_delays_no_other_for_long()
    {
        var letters = new LetterEmbedder(3) { Fails = true, Breaks = static text => text.StartsWith("bomb", StringComparison.Ordinal) };
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(letters));
        await hive.PutAsync("no", "bomb " + new string('a', 1000));
        await hive.PutAsync("yes", "aa");
        letters.Fails = false;

        Assert.Equal(["yes"], await hive.KeysAsync("aa", MemorySearchMode.Vector));
        Assert.Equal(["no"], await hive.KeysAsync("bomb"));
        Assert.Null((await hive.SettleAsync()).Problem);
    }

    [Fact]
    public async Task A_service_that_is_down_loses_no_entry_its_vector()
    {
        var letters = new LetterEmbedder(3) { Breaks = static _ => true };
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(letters));
        await hive.PutAsync("a", "aa");
        await hive.PutAsync("b", "bb");
        await Eventually.Async(() => letters.Calls > 8, "the service was asked about single entries, too");

        letters.Breaks = static _ => false;
        Assert.Equal(["a", "b"], await hive.KeysAsync("aa", MemorySearchMode.Vector));
    }

    [Fact]
    public async Task An_embedder_that_refuses_every_text_leaves_the_entries_waiting()
    {
        var letters = new LetterEmbedder(3) { Refuses = static _ => true };
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(letters));
        await hive.PutAsync("a", "aa");
        await hive.PutAsync("b", "bb");
        await Eventually.Async(
            async () => (await Lexical()).Index is { Problem: not null, PendingVectors: 2 }, "the answer shows that the embedder fails and what waits");

        letters.Refuses = static _ => false;
        Assert.Equal(["a", "b"], await hive.KeysAsync("aa", MemorySearchMode.Vector));

        async Task<MemorySearchResult> Lexical() =>
            (await hive.AskAsync(new SearchMemory("aa") { Mode = MemorySearchMode.Lexical, By = SearchHive.User })).Value!;
    }

    [Fact]
    public async Task Searches_go_on_after_a_failed_write_of_vectors_and_no_put_is_needed_to_continue()
    {
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(new LetterEmbedder(3)));
        await hive.PutAsync("a", "aa");
        await hive.SettleAsync();
        Execute(hive, "ALTER TABLE vector RENAME TO away");
        await hive.PutAsync("b", "bb");
        MemorySearchResult? meanwhile = null;
        await Eventually.Async(async () => (meanwhile = await Lexical())?.Index.Problem is not null, "a search answers and shows the failed write");

        Assert.Equal("Vectors could not be written: its store failed; the hub's log has the details.", meanwhile!.Index.Problem);
        Assert.Single(meanwhile.Results);
        Execute(hive, "ALTER TABLE away RENAME TO vector");
        Assert.Null((await hive.SettleAsync()).Problem);
        Assert.Equal(["b", "a"], await hive.KeysAsync("b", MemorySearchMode.Vector));

        async Task<MemorySearchResult?> Lexical() =>
            (await hive.AskAsync(new SearchMemory("bb") { Mode = MemorySearchMode.Lexical, By = SearchHive.User })).Value;
    }

    private static void Execute(SearchHive hive, string sql)
    {
        using var connection = SqliteConnection.Open(hive.IndexPath, readOnly: false, busyMilliseconds: 5000);
        connection.Execute(sql);
    }
}
