using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Storage.Sqlite.Search;

namespace Waggle.Storage.Sqlite.Tests.Search;

public sealed class SqliteTaskIndexTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_message_of_a_group_is_that_of_its_last_task_which_the_query_finds()
    {
        await using var index = await OpenAsync();
        await WriteAsync(index, Failed(1, "a", "cannot open /a/1"), Failed(2, "b", "cannot open /b/2"), Failed(3, "a", "cannot open /a/3"));

        Assert.Equal(("cannot open /a/3", "t3", 3), Shown(Assert.Single(await GroupAsync(index, null))));
        var group = Assert.Single(await GroupAsync(index, ["b"]));
        Assert.Equal(("cannot open /b/2", "t2", 1), Shown(group));
        Assert.Equal((Start.AddSeconds(2), Start.AddSeconds(2)), (group.FirstAt, group.LastAt));
        Assert.Empty(await GroupAsync(index, ["c"]));
    }

    [Fact]
    public async Task A_group_ends_with_its_last_task_and_the_same_error_begins_another()
    {
        await using var index = await OpenAsync();
        await WriteAsync(index, Failed(1, "a", "cannot open /1"), Failed(2, "a", "cannot open /2"));

        Assert.Equal(2, await index.PruneAsync(Start.AddDays(1), 10, CancellationToken.None));
        Assert.Empty(await GroupAsync(index, null));
        await WriteAsync(index, Failed(3, "a", "cannot open /3"));
        Assert.Equal(("cannot open /3", "t3", 1), Shown(Assert.Single(await GroupAsync(index, null))));
    }

    private static (string Message, string Task, long Count) Shown(TaskIndexGroup group) => (group.Message, group.Task, group.Count);

    private static TaskIndexEntry Failed(long seq, string swarm, string message) => new(
        seq, $"t{seq}", swarm, "failed", null, null, Start.AddSeconds(seq), Start.AddSeconds(seq), message, new TaskIndexError("f1", "BROKEN", message));

    private static async Task WriteAsync(SqliteTaskIndex index, params TaskIndexEntry[] tasks) =>
        await index.WriteAsync(tasks, new TaskIndexProgress(new Position(1, tasks[^1].Seq), null), CancellationToken.None);

    private static async Task<IReadOnlyList<TaskIndexGroup>> GroupAsync(SqliteTaskIndex index, IReadOnlyList<string>? swarms) =>
        await index.GroupAsync(new TaskIndexQuery([], swarms, null, null, null, null), 10, CancellationToken.None);

    private async Task<SqliteTaskIndex> OpenAsync()
    {
        var index = SqliteTaskIndex.In(_folder.Path);
        await index.OpenAsync(CancellationToken.None);
        return index;
    }
}
