using System.Globalization;
using Waggle.Storage.Sqlite.Tests.Children;

namespace Waggle.Storage.Sqlite.Tests;

public class KillTests
{
    private const int Rounds = 4;

    [Fact]
    public async Task Every_acknowledged_commit_survives_kill_9_and_none_is_there_in_part()
    {
        using var folder = new TempFolder();
        var acknowledged = 0L;
        for (var round = 1; round <= Rounds; round++)
        {
            acknowledged = await CommitAndKillAsync(folder.Path, afterCommits: 40 * round);
            await using var store = Stores.Open(folder);
            var tenure = await store.AcquireAsync();
            Assert.True(tenure.Head >= acknowledged, $"head {tenure.Head}, acknowledged {acknowledged}");

            var rows = await store.ReadLogAsync("h", 0, int.MaxValue, default);
            Assert.Equal(Enumerable.Range(0, rows.Count).Select(i => (long)(i * 20) + 1), rows.Select(row => row.FirstOffset));
            Assert.Equal(tenure.Head, rows[^1].LastOffset);
            Assert.Equal(tenure.Head, (await store.LoadAsync(tenure)).Count);
        }
    }

    private static async Task<long> CommitAndKillAsync(string folder, int afterCommits)
    {
        using var child = ChildProcess.Start("commit", folder);
        Assert.Equal("open", await child.ReadLineAsync());
        for (var i = 0; i < afterCommits; i++)
            Assert.NotNull(await child.ReadLineAsync());

        // The last line may have been cut by the kill.
        var rest = await child.KillAsync();
        return rest.Reverse().Skip(1).Select(line => long.Parse(line, CultureInfo.InvariantCulture)).FirstOrDefault();
    }
}
