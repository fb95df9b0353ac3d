using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

/// <summary>The load of one client does not affect the others: reads, waits and failures are limited, by bytes as well as by count.</summary>
public sealed class HiveBoundsTests
{
    [Fact]
    public async Task A_page_of_tasks_ends_where_it_would_become_a_burden_and_the_cursor_goes_on_from_there()
    {
        await using var hive = await RunningHive.StartAsync();
        for (var i = 0; i < 3; i++) await hive.Create(Large($"t{i}", 600_000));

        var by = Principal.Local("default", "test");
        var first = (await hive.Hive.QueryAsync(new ListTasks(new TaskList { Ascending = true }) { By = by }, CancellationToken.None)).Value!;
        var rest = (await hive.Hive.QueryAsync(new ListTasks(new TaskList { Ascending = true, Cursor = first.Cursor }) { By = by }, CancellationToken.None)).Value!;

        Assert.Equal(["t0", "t1"], first.Tasks.Select(t => t.Spec.Title));
        Assert.Equal(["t2"], rest.Tasks.Select(t => t.Spec.Title));
        Assert.Null(rest.Cursor);
    }

    [Fact]
    public async Task Large_commands_wait_outside_when_many_wait_inside_and_all_are_done_in_the_end()
    {
        await using var hive = await RunningHive.StartAsync();
        var (entered, gate) = await HoldCommitAsync(hive);
        await entered;
        var sinks = Enumerable.Range(0, 300).Select(_ => new Sink()).ToArray();

        var submits = sinks.Select(s => hive.Hive.SubmitAsync(new CreateTasks([Large("t", 20_000)]) { By = TestHive.User }, s, null, CancellationToken.None).AsTask()).ToArray();

        Assert.Equal(256, submits.Count(s => s.IsCompleted));
        gate.SetResult();
        await Task.WhenAll(submits).WaitAsync(Eventually.Patience);
        foreach (var sink in sinks) Assert.Null((await Eventually.Get(sink.Task, "an outcome")).Error);
    }

    [Fact]
    public async Task A_worker_that_left_in_a_turn_that_failed_has_left()
    {
        await using var hive = await RunningHive.StartAsync();
        var link = await hive.Attach("a1");
        var (entered, gate) = await HoldCommitAsync(hive, failNext: true);
        await entered;
        var left = hive.Ask(new DetachAgent("a1", link) { By = TestHive.User });
        var failed = hive.Create();
        gate.SetResult();
        await left;
        Assert.NotNull((await failed).Error);
        var given = link.Assigned.Count;

        var task = await hive.CreateOne();

        Assert.Equal(given, link.Assigned.Count);
        Assert.Equal(TaskState.Pending, (await hive.Ask(new ShowTask(task) { By = TestHive.User })).Value!.State);
    }

    private static TaskSpec Large(string title, int bytes) => new() { Title = title, Input = RawJson.Parse($"\"{new string('x', bytes)}\"") };

    // A creation is in its commit until the gate opens.
    private static Task<(Task Entered, TaskCompletionSource Gate)> HoldCommitAsync(RunningHive hive, bool failNext = false)
    {
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        hive.Store.OnCommit = async _ =>
        {
            hive.Store.OnCommit = failNext ? _ => throw Failing(hive) : null;
            entered.TrySetResult();
            await gate.Task;
        };
        _ = hive.Create(new TaskSpec { Title = "held", AssignTo = "nobody" });
        return Task.FromResult((entered.Task, gate));
    }

    private static StoreException Failing(RunningHive hive)
    {
        hive.Store.OnCommit = null;
        return new StoreException("The disk is gone.");
    }

    private sealed class Sink : TaskCompletionSource<Outcome>, IOutcomeSink
    {
        public Sink()
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
        }

        public void Complete(object? tag, in Outcome outcome) => SetResult(outcome);
    }
}
