using Waggle.Core.Kernel;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Core.Tests.Hives;

public class HistoryTests
{
    private static readonly HiveOptions Short = new() { LogRetention = TimeSpan.FromMinutes(10), TaskRetention = TimeSpan.FromMinutes(10) };

    private static Task<History> Read(RunningHive hive, long offset, long epoch = 1, int rows = 1000) =>
        hive.Hive.ReadAsync(new Position(epoch, offset), rows, CancellationToken.None);

    [Fact]
    public async Task What_follows_a_position_is_read_back_as_it_was_published()
    {
        await using var hive = await RunningHive.StartAsync();
        for (var i = 0; i < 5; i++) await hive.CreateOne();

        var history = await Read(hive, 2);

        Assert.True(history is { Known: true, AtHead: true });
        Assert.Equal(
            hive.Records.Where(r => r.Position.Offset > 2).Select(r => (r.Position, r.Topic, r.Kind, r.Swarm, r.At, Text(r))),
            history.Records.Select(r => (r.Position, r.Topic, r.Kind, r.Swarm, r.At, Text(r))));
    }

    [Fact]
    public async Task It_is_read_a_piece_at_a_time()
    {
        await using var hive = await RunningHive.StartAsync();
        for (var i = 0; i < 5; i++) await hive.CreateOne();
        var (at, seen) = (0L, new List<long>());
        History piece;
        do
        {
            piece = await Read(hive, at, rows: 2);
            seen.AddRange(piece.Records.Select(r => r.Position.Offset));
            at = piece.End;
        }
        while (!piece.AtHead);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], seen);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 0)]
    [InlineData(0, 0)]
    public async Task A_position_of_another_log_is_not_known(long epoch, long offset)
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();

        Assert.False((await Read(hive, offset, epoch)).Known);
    }

    [Fact]
    public async Task What_retention_took_is_said_to_be_gone_and_never_passed_over()
    {
        await using var hive = await RunningHive.StartAsync(Short);
        await hive.CreateOne();
        Assert.True((await Read(hive, 1)).Known);

        await hive.Time.AdvanceUntilAsync(() => hive.Store.Log().Count == 0, TimeSpan.FromMinutes(1), "the log to be pruned");

        Assert.False((await Read(hive, 1)).Known);
        Assert.True((await Read(hive, hive.Hive.Head.Offset)).Known);
    }

    [Fact]
    public async Task What_retention_took_between_two_looks_at_the_extent_is_noticed_too()
    {
        await using var hive = await RunningHive.StartAsync(Short);
        await hive.CreateOne();
        Assert.True((await Read(hive, 1)).Known);
        await hive.Time.AdvanceUntilAsync(() => hive.Store.Log().Count == 0, TimeSpan.FromMinutes(1), "the log to be pruned");
        await hive.CreateOne();

        Assert.False((await Read(hive, 1)).Known);
    }

    [Fact]
    public async Task Finished_tasks_and_their_attempts_are_forgotten_after_their_retention_and_open_ones_are_not()
    {
        await using var hive = await RunningHive.StartAsync(Short);
        var done = await hive.CreateOne();
        await hive.Ask(new Core.Tasks.CancelTask(done, null, false) { By = TestHive.User });
        var open = await hive.CreateOne();

        await hive.Time.AdvanceUntilAsync(() => hive.Store.Entities().All(e => e.Id != done), TimeSpan.FromMinutes(1), "the task to be forgotten");

        Assert.Contains(hive.Store.Entities(), e => e.Id == open);
        Assert.Equal(ErrorCodes.NotFound, (await hive.Ask(new Core.Tasks.ShowTask(done) { By = TestHive.User })).Error!.Code);
    }

    private static string Text(Record record) => System.Text.Encoding.UTF8.GetString(record.Data.Span);
}
