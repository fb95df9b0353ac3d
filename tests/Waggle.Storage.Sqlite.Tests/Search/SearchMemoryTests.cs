using Waggle.Core.Search;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Storage.Sqlite.Tests.Search;

/// <summary>Searches of a hive whose store and index are on the disk.</summary>
public sealed class SearchMemoryTests
{
    [Fact]
    public async Task An_entry_is_found_by_a_word_of_its_value_its_key_or_its_metadata()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("deploy", "Deployments run on Fridays.", tag: "release");
        await hive.PutAsync("lunch:menu", "Soup and bread.");

        Assert.Equal(["deploy"], await hive.KeysAsync("When do we run a deployment?"));
        Assert.Equal(["lunch:menu"], await hive.KeysAsync("menu"));
        Assert.Equal(["deploy"], await hive.KeysAsync("release"));
        Assert.Empty(await hive.KeysAsync("holiday"));
    }

    [Fact]
    public async Task A_result_is_the_entry_with_its_score_and_an_excerpt()
    {
        await using var hive = await SearchHive.StartAsync();
        var put = await hive.PutAsync("deploy", "Deployments run on Fridays.", tag: "release");
        var found = await hive.FindAsync(new SearchMemory("deployments run fridays") { By = SearchHive.User });
        var hit = Assert.Single(found.Results);

        Assert.Equal((put.Version, "Deployments run on Fridays.", "release"), (hit.Version, hit.Excerpt, hit.Metadata!["tag"]));
        Assert.Equal((MemorySearchMode.Hybrid, "lexical_cosine", "lexical-hash-v1", false), (found.Mode, found.ScoreKind, found.Embedder, found.Semantic));
        Assert.Equal((1, 1), (hit.WordRank, hit.VectorRank));
        Assert.InRange(hit.Score!.Value, 0.99f, 1f);
        Assert.True(hit.Bm25 is not null && found.TookMs > 0 && found.EmbeddingMs > 0 && found.EmbeddingMs <= found.TookMs);
        Assert.Equal((1, 0, 0), (found.Index.Entries, found.Index.PendingChanges, found.Index.PendingVectors));
    }

    [Fact]
    public async Task A_misspelt_word_is_found_by_its_parts()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("a", "kubernetes cluster");
        await hive.PutAsync("b", "garden flowers");

        Assert.Empty(await hive.KeysAsync("kubrenetes"));
        Assert.Equal("a", (await hive.KeysAsync("kubrenetes", MemorySearchMode.Vector))[0]);
    }

    [Fact]
    public async Task A_replaced_value_is_found_only_by_its_new_words_and_a_deleted_one_never()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("a", "winter");
        await hive.PutAsync("b", "winter");
        await hive.SettleAsync();
        await hive.PutAsync("a", "summer");
        await hive.DeleteAsync("b");

        Assert.Empty(await hive.KeysAsync("winter"));
        Assert.Equal(["a"], await hive.KeysAsync("summer"));
        Assert.Equal(["a"], await hive.KeysAsync("summer", MemorySearchMode.Vector));
        Assert.Equal(1, (await hive.SettleAsync()).Entries);
    }

    [Fact]
    public async Task An_entry_that_has_expired_is_not_found()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("stays", "winter");
        await hive.PutAsync("ends", "winter", ttl: TimeSpan.FromMilliseconds(300));
        await TestKit.Eventually.Async(async () => (await hive.KeysAsync("winter")).SequenceEqual(["stays"]), "the end of the entry");

        Assert.Equal(["stays"], await hive.KeysAsync("winter", MemorySearchMode.Hybrid));
    }

    [Fact]
    public async Task A_search_reads_one_namespace_one_swarm_or_all_that_the_principal_reaches()
    {
        await using var hive = await SearchHive.StartAsync();
        Assert.Null((await hive.Hive.AskAsync(new CreateSwarm("Other", "other") { By = SearchHive.User }, CancellationToken.None)).Error);
        await hive.PutAsync("shared", "winter");
        await hive.PutAsync("plans", "winter", "plans");
        await hive.PutAsync("mine", "winter", swarm: "default");
        await hive.PutAsync("foreign", "winter", swarm: "other");
        await hive.SettleAsync();

        Assert.Equal(["foreign", "mine", "plans", "shared"], await Keys(new SearchMemory("winter") { By = SearchHive.User }));
        Assert.Equal(["shared"], await Keys(new SearchMemory("winter") { Namespace = "notes", By = SearchHive.User }));
        Assert.Equal(["foreign"], await Keys(new SearchMemory("winter") { Namespace = "notes", Swarm = "other", By = SearchHive.User }));
        Assert.Equal(["mine"], await Keys(new SearchMemory("winter") { Swarm = "default", By = SearchHive.User }));
        var limited = SearchHive.User with { Swarms = new HashSet<string> { "default" } };
        Assert.Equal(["mine", "plans", "shared"], await Keys(new SearchMemory("winter") { By = limited }));
        var index = (await hive.FindAsync(new SearchMemory("winter") { By = limited })).Index;
        Assert.Equal((null, null, null, false), (index.Entries, index.PendingChanges, index.PendingVectors, index.Position is null));
        Assert.Equal(["plans"], await Keys(new SearchMemory("winter") { By = SearchHive.User with { Namespaces = new HashSet<string> { "plans" } } }));
        Assert.Equal(ErrorCodes.Forbidden, (await hive.AskAsync(new SearchMemory("winter") { Swarm = "other", By = limited })).Error!.Code);
        Assert.Equal(ErrorCodes.Forbidden, (await hive.AskAsync(new SearchMemory("winter") { By = limited with { Permissions = new HashSet<string>() } })).Error!.Code);

        async Task<IEnumerable<string>> Keys(SearchMemory search)
        {
            var modes = new[] { MemorySearchMode.Lexical, MemorySearchMode.Vector };
            var found = await Task.WhenAll(modes.Select(async m => (await hive.FindAsync(search with { Mode = m })).Results.Select(h => h.Key).Order().ToArray()));
            Assert.Equal(found[0], found[1]);
            return found[0];
        }
    }

    [Fact]
    public async Task A_prefix_selects_keys_of_a_namespace()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("team:a", "winter");
        await hive.PutAsync("team:b", "winter");
        await hive.PutAsync("other", "winter");

        Assert.Equal(["team:a", "team:b"], (await hive.KeysAsync("winter", ns: "notes", prefix: "team:")).Order());
        Assert.Equal(["team:a", "team:b"], (await hive.KeysAsync("winter", MemorySearchMode.Vector, "notes", "team:")).Order());
    }

    [Fact]
    public async Task A_threshold_of_0_excludes_nothing_and_a_higher_one_tells_what_it_excluded()
    {
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(new LetterEmbedder(3)));
        await hive.PutAsync("same", "aa");
        await hive.PutAsync("near", "ab");
        await hive.PutAsync("far", "cc");
        var all = await hive.FindAsync(new SearchMemory("a") { Mode = MemorySearchMode.Vector, Threshold = 0, By = SearchHive.User });
        var some = await hive.FindAsync(new SearchMemory("a") { Mode = MemorySearchMode.Vector, Threshold = 0.9, By = SearchHive.User });

        Assert.Equal([("same", 1f), ("near", 0.70710677f), ("far", 0f)], all.Results.Select(h => (h.Key, h.Score!.Value)));
        Assert.Equal((0, null), (all.BelowThreshold, all.BestBelow));
        Assert.Equal(["same"], some.Results.Select(h => h.Key));
        Assert.Equal((2, 0.70710677f), (some.BelowThreshold, some.BestBelow));
        var hybrid = await hive.FindAsync(new SearchMemory("cc") { Threshold = 0.9, By = SearchHive.User });
        Assert.Equal(["far"], hybrid.Results.Select(h => h.Key));
    }

    [Fact]
    public async Task A_vector_is_searched_by_itself_and_one_of_another_length_is_refused()
    {
        await using var hive = await SearchHive.StartAsync(LetterEmbedder.Of(new LetterEmbedder(3)));
        await hive.PutAsync("a", "aaa");
        await hive.PutAsync("b", "bbb");
        var found = await hive.FindAsync(new SearchMemory(null) { Vector = [0, 7, 0], Limit = 1, By = SearchHive.User });
        var refused = await hive.AskAsync(new SearchMemory(null) { Vector = [1, 2], By = SearchHive.User });

        Assert.Equal((MemorySearchMode.Vector, "b", null), (found.Mode, Assert.Single(found.Results).Key, found.EmbeddingMs));
        Assert.Equal(ErrorCodes.InvalidRequest, refused.Error!.Code);
        Assert.StartsWith("vector has 2 numbers; those of the embedder 'letters' have 3.", refused.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_search_that_is_not_good_is_refused(string name, SearchMemory search)
    {
        await using var hive = await SearchHive.StartAsync();
        Assert.Equal((name, ErrorCodes.InvalidRequest), (name, (await hive.AskAsync(search)).Error!.Code));
    }

    public static TheoryData<string, SearchMemory> Bad { get; } = new()
    {
        { "nothing to search", new SearchMemory(null) { By = SearchHive.User } },
        { "empty text", new SearchMemory(" ") { By = SearchHive.User } },
        { "long text", new SearchMemory(new string('x', 4001)) { By = SearchHive.User } },
        { "empty vector", new SearchMemory(null) { Vector = [], By = SearchHive.User } },
        { "vector of zeros", new SearchMemory(null) { Vector = new float[512], By = SearchHive.User } },
        { "infinite vector", new SearchMemory(null) { Vector = [float.PositiveInfinity], By = SearchHive.User } },
        { "lexical without text", new SearchMemory(null) { Vector = [1], Mode = MemorySearchMode.Lexical, By = SearchHive.User } },
        { "lexical with threshold", new SearchMemory("x") { Threshold = 0.5, Mode = MemorySearchMode.Lexical, By = SearchHive.User } },
        { "hybrid without text", new SearchMemory(null) { Vector = new float[512], Mode = MemorySearchMode.Hybrid, By = SearchHive.User } },
        { "limit 0", new SearchMemory("x") { Limit = 0, By = SearchHive.User } },
        { "limit 101", new SearchMemory("x") { Limit = 101, By = SearchHive.User } },
        { "threshold 1.1", new SearchMemory("x") { Threshold = 1.1, By = SearchHive.User } },
        { "threshold NaN", new SearchMemory("x") { Threshold = double.NaN, By = SearchHive.User } },
        { "prefix without namespace", new SearchMemory("x") { Prefix = "a", By = SearchHive.User } },
        { "bad namespace", new SearchMemory("x") { Namespace = "a/b", By = SearchHive.User } },
    };

    [Fact]
    public async Task A_query_of_operators_and_quotes_is_only_words()
    {
        await using var hive = await SearchHive.StartAsync();
        await hive.PutAsync("a", "cats AND dogs NEAR birds");

        foreach (var text in (string[])["\"cats", "cats AND", "NEAR(cats dogs)", "body:cats", "cats* ^ - +", "g1 OR grp : cats", "cats\u0301", "😀 cats"])
            Assert.Equal(["a"], await hive.KeysAsync(text));
        Assert.Empty(await hive.KeysAsync("*"));
    }

    [Fact]
    public async Task A_word_of_most_entries_counts_only_if_there_is_no_rarer_one()
    {
        await using var hive = await SearchHive.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 130).Select(i => hive.PutAsync($"k{i}", "winter")));
        await hive.PutAsync("rare", "winter garden");

        Assert.Equal(["rare"], await hive.KeysAsync("winter garden"));
        Assert.Equal(10, (await hive.KeysAsync("winter")).Length);
        Assert.Equal(10, (await hive.KeysAsync("winter castle")).Length);
    }

    [Fact]
    public async Task Entries_of_the_same_rank_come_in_the_same_order_every_time()
    {
        await using var hive = await SearchHive.StartAsync();
        foreach (var i in Enumerable.Range(0, 30)) await hive.PutAsync($"k{i:00}", "winter");
        var first = await hive.KeysAsync("winter", MemorySearchMode.Hybrid);

        Assert.Equal(10, first.Length);
        for (var i = 0; i < 5; i++) Assert.Equal(first, await hive.KeysAsync("winter", MemorySearchMode.Hybrid));
    }

    [Fact]
    public async Task A_hive_without_an_index_says_so()
    {
        await using var hive = new SearchHive();
        await hive.OpenAsync(withSearch: false);
        Assert.Equal(ErrorCodes.NotAvailable, (await hive.AskAsync(new SearchMemory("x") { By = SearchHive.User })).Error!.Code);
    }
}
