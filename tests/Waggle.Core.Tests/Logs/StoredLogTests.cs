using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Logs;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Logs;

public sealed class StoredLogTests : IAsyncDisposable
{
    private RunningHive _running = null!;
    private FakeLink _link = null!;

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Fact]
    public async Task Lines_are_read_by_attempt_level_and_cursor()
    {
        var task = await StartAsync();
        await LogAsync(null, "a", "b");
        await LogAsync(AgentLogLevel.Warn, "c");
        await _running.Ask(new ReleaseTask(_link.Assigned[^1]) { By = Worker });
        await Eventually.Async(() => _link.Assigned.Count == 2, "the second assignment");
        await LogAsync(AgentLogLevel.Debug, "d", "e");

        Assert.Equal(["1 a", "1 b", "1 c", "2 d", "2 e"], Lines(await ReadAsync(new() { Task = task })));
        Assert.Equal(["2 d", "2 e"], Lines(await ReadAsync(new() { Task = task, Attempt = 2 })));
        Assert.Equal(["1 c"], Lines(await ReadAsync(new() { Task = task, Level = AgentLogLevel.Info })));
        Assert.Equal(["1 c", "2 d", "2 e"], Lines(await ReadAsync(new() { Task = task, Level = AgentLogLevel.Debug })));
        Assert.Equal(["2 d", "2 e"], Lines(await ReadAsync(new() { Task = task, Limit = 2 })));

        var (after, read) = ("0", new List<string>());
        for (var more = true; more;)
        {
            var page = await ReadAsync(new() { Task = task, After = after, Limit = 2 });
            read.AddRange(Lines(page));
            (after, more) = (page.Cursor, page.More);
        }

        Assert.Equal(["1 a", "1 b", "1 c", "2 d", "2 e"], read);
        await LogAsync(null, "f");
        Assert.Equal(["2 f"], Lines(await ReadAsync(new() { Task = task, After = after })));
    }

    [Fact]
    public async Task A_record_has_the_number_of_its_first_line()
    {
        var task = await StartAsync();
        await LogAsync(null, "a", "b");
        await LogAsync(null, "c");

        var page = await ReadAsync(new() { Task = task });
        var numbers = page.Attempts.SelectMany(a => a.Lines).Select(l => l.Seq).ToArray();
        Assert.Equal([numbers[0], numbers[2]], _running.Records.Select(r => r.Payload).OfType<TaskLogged>().Select(l => l.Seq));
    }

    [Fact]
    public async Task Acknowledged_lines_are_there_after_a_restart_and_new_ones_follow_them()
    {
        var task = await StartAsync();
        await LogAsync(null, "before");
        var (store, time) = (_running.Store, _running.Time);
        await _running.DisposeAsync();
        _running = await RunningHive.StartAsync(store: store, time: time);
        Assert.Equal(["1 before"], Lines(await ReadAsync(new() { Task = task })));

        await LogAsync(null, "after");
        Assert.Equal(["1 before", "1 after"], Lines(await ReadAsync(new() { Task = task })));
    }

    [Fact]
    public async Task A_task_drops_its_oldest_lines_beyond_its_quota_and_counts_them()
    {
        var task = await StartAsync(new HiveOptions { TaskLogQuota = 65_536 });
        for (var i = 0; i < 100; i++) await LogAsync(null, $"{i} {new string('x', 2000)}");

        var page = await ReadAsync(new() { Task = task });
        var lines = Lines(page);
        Assert.Equal(100, lines.Count + page.Dropped!.Lines);
        Assert.StartsWith("1 99 ", lines[^1], StringComparison.Ordinal);
        Assert.InRange(lines.Sum(l => l.Length), 50_000, 66_000);
        Assert.Equal((page.Dropped.Lines, LogDropPolicy.DropOldest), (Assert.Single(page.Attempts).Dropped, page.Dropped.Policy));
    }

    [Fact]
    public async Task Beyond_the_quota_of_all_the_oldest_lines_of_any_task_go()
    {
        var first = await StartAsync(new HiveOptions { TaskLogTotalQuota = 65_536 }, slots: 2);
        var second = await _running.CreateOne();
        await Eventually.Async(() => _link.Assigned.Count == 2, "both assignments");
        await LogAsync(_link.Assigned.Single(l => l.Task == first), null, new string('a', 9000));
        for (var i = 0; i < 10; i++) await LogAsync(_link.Assigned.Single(l => l.Task == second), null, new string('b', 9000));

        var page = await ReadAsync(new() { Task = first });
        Assert.Empty(Lines(page));
        Assert.Equal(1, page.Dropped!.Lines);
        var rest = await ReadAsync(new() { Task = second });
        Assert.Equal(10, Lines(rest).Count + rest.Dropped!.Lines);
        Assert.InRange(Lines(rest).Count, 5, 7);
    }

    [Fact]
    public async Task Lines_past_their_retention_are_deleted_from_the_store()
    {
        var task = await StartAsync(new HiveOptions { TaskLogRetention = TimeSpan.FromHours(1) });
        await LogAsync(null, "old");
        await _running.Complete(_link.Assigned[^1]);
        _running.Time.Advance(TimeSpan.FromMinutes(62));
        await UntilAsync(async () => Lines(await ReadAsync(new() { Task = task })).Count == 0, "the line is gone", TimeSpan.FromSeconds(1));
        var all = new EntityQuery(LogChunkEntity.Entity.Name, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        await UntilAsync(async () => await _running.Store.CountAsync("default", all, CancellationToken.None) == 0, "the row is gone", TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Bad_requests_are_refused()
    {
        var task = await StartAsync();
        Assert.Equal(ErrorCodes.NotFound, (await AskAsync(new() { Task = "none" })).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidRequest, (await AskAsync(new() { Task = task, After = "x" })).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidRequest, (await AskAsync(new() { Task = task, Limit = 1001 })).Error!.Code);
        var other = new Principal("eve", "default", null, Permissions.Expand(["read:agents"], []));
        Assert.Equal(ErrorCodes.Forbidden, (await _running.Hive.QueryAsync(new ReadTaskLog(new() { Task = task }) { By = other }, CancellationToken.None)).Error!.Code);
    }

    private static Principal Worker => TestHive.User with { Subject = "a1", Agent = "a1" };

    private async Task<string> StartAsync(HiveOptions? options = null, int slots = 1)
    {
        _running = await RunningHive.StartAsync(options);
        _link = await _running.Attach(slots: slots);
        var task = await _running.CreateOne();
        await Eventually.Async(() => _link.Assigned.Count == 1, "the assignment");
        return task;
    }

    private Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan step) => Eventually.Async(
        async () =>
        {
            if (await condition()) return true;
            _running.Time.Advance(step);
            return false;
        },
        what);

    private Task LogAsync(AgentLogLevel? level, params string[] lines) => LogAsync(_link.Assigned[^1], level, lines);

    private async Task LogAsync(LeaseRef lease, AgentLogLevel? level, params string[] lines) =>
        Assert.Null((await _running.Ask(new LogLines(lease, lines, level) { By = Worker })).Error);

    private Task<Outcome<TaskLogPage>> AskAsync(TaskLogs request) => _running.Hive.QueryAsync(new ReadTaskLog(request) { By = TestHive.User }, CancellationToken.None);

    private async Task<TaskLogPage> ReadAsync(TaskLogs request) => (await AskAsync(request)).Value!;

    private static List<string> Lines(TaskLogPage page) => [.. page.Attempts.SelectMany(a => a.Lines, (a, line) => $"{a.Attempt} {line.Line}")];
}
