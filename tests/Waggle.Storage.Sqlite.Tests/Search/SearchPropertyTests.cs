using Waggle.Core.Memory;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Search;

/// <summary>Random puts, deletions, expiries and restarts: the index finds exactly the entries that a fold of the log has, each at its version.</summary>
public sealed class SearchPropertyTests
{
    private const int Sequences = 12;

    private static readonly string[] Words = ["winter", "summer", "spring"];

    [Fact]
    public Task The_index_is_a_fold_of_the_log() => Steps.CheckAsync(Sequences, least: 1, most: 40, async seeds =>
    {
        await using var hive = await SearchHive.StartAsync();
        var entries = new Dictionary<string, (string Word, long Version)>(StringComparer.Ordinal);
        var gen = new Gen(seeds[0]);
        foreach (var seed in seeds)
        {
            gen.Reseed(seed);
            var key = $"k{gen.Int(0, 6)}";
            switch (gen.Int(0, 9))
            {
                case 0:
                    await hive.RestartAsync();
                    break;
                case 1 when entries.Count > 0:
                    await hive.SettleAsync();
                    break;
                case 2 or 3 when entries.Remove(key):
                    await hive.DeleteAsync(key);
                    break;
                case 4:
                    await hive.PutAsync(key, "winter summer spring", ttl: TimeSpan.FromMilliseconds(1));
                    entries.Remove(key);
                    await Gone(hive, key);
                    break;
                default:
                    var word = gen.Pick(Words);
                    entries[key] = (word, (await hive.PutAsync(key, word)).Version);
                    break;
            }
        }

        foreach (var mode in (MemorySearchMode[])[MemorySearchMode.Lexical, MemorySearchMode.Hybrid])
        {
            foreach (var word in Words)
            {
                var found = await hive.FindAsync(new Core.Search.SearchMemory(word) { Mode = mode, By = SearchHive.User });
                var expected = entries.Where(e => e.Value.Word == word).Select(e => (e.Key, e.Value.Version)).Order();
                Assert.Equal(expected, found.Results.Where(h => h.WordRank is not null).Select(h => (h.Key, h.Version)).Order());
                if (mode == MemorySearchMode.Hybrid) Assert.Equal(entries.Keys.Order(), found.Results.Select(h => h.Key).Order());
            }
        }

        Assert.Equal(entries.Count, (await hive.SettleAsync()).Entries);
    });

    private static Task Gone(SearchHive hive, string key) => Eventually.Async(
        async () => (await hive.Hive.QueryAsync(new ListMemory("notes") { By = SearchHive.User }, CancellationToken.None)).Value!.Entries.All(e => e.Key != key)
            && (await hive.Hive.AskAsync(new DeleteMemory("notes", key) { By = SearchHive.User }, CancellationToken.None)).Error is not null,
        "the end of the entry");
}
