using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

public class HiveFailureTests
{
    [Fact]
    public async Task A_failed_commit_fails_all_its_commands_shows_nothing_and_the_next_ones_work()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        hive.Store.OnCommit = async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
        };
        var before = hive.Create();
        await entered.Task;
        var batch = Enumerable.Range(0, 5).Select(_ => hive.Create()).ToArray();
        var (commits, records) = (hive.Store.Commits, hive.Records.Count());
        hive.Store.OnCommit = b =>
        {
            hive.Store.OnCommit = null;
            throw new StoreException("The disk is gone.");
        };
        gate.SetResult();
        Assert.Null((await before).Error);
        foreach (var outcome in await Task.WhenAll(batch))
        {
            Assert.Equal(ErrorCodes.StoreUnavailable, outcome.Error!.Code);
            Assert.Contains("nothing was changed: its store failed; the hub's log has the details.", outcome.Error.Message);
            Assert.NotNull(outcome.Error.RetryAfterMs);
        }

        Assert.Equal((commits + 1, records + 1), (hive.Store.Commits, hive.Records.Count()));
        Assert.Equal($"t{hive.Records.Count(r => r.Kind == "task_created") + 1}", await hive.CreateOne());
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_either_is_tried_until_it_can()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        var failed = 0;
        hive.Store.FailNextCommit();
        hive.Store.OnRead = () =>
        {
            if (failed == 2) return;
            failed++;
            throw new StoreException("Still gone.");
        };

        Assert.Equal(ErrorCodes.StoreUnavailable, (await hive.Create()).Error!.Code);
        var next = hive.Create();
        await hive.Time.AdvanceUntilAsync(() => next.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Null((await next).Error);
        Assert.Equal(2, failed);
    }

    [Fact]
    public async Task A_full_store_refuses_creations_takes_completions_and_recovers()
    {
        await using var hive = await RunningHive.StartAsync();
        var link = await hive.Attach();
        await hive.CreateOne();
        await Eventually.Async(() => link.Assigned.Count == 1);
        hive.Store.HasRoom = false;
        hive.Store.FailNextCommit(new StoreFullException("No space left."));

        Assert.Equal(ErrorCodes.StoreFull, (await hive.Create()).Error!.Code);
        Assert.Equal(ErrorCodes.StoreFull, (await hive.Create()).Error!.Code);
        Assert.Null((await hive.Complete(link.Assigned[0])).Error);

        hive.Store.HasRoom = true;
        Assert.Null((await hive.Create()).Error);
    }

    [Fact]
    public async Task A_fenced_owner_answers_what_it_has_and_ends_with_the_fault()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        await hive.Store.AcquireAsync("default", hive.Time.GetUtcNow(), CancellationToken.None);

        var caught = await hive.Create();
        var late = await hive.Create();

        Assert.Equal(ErrorCodes.StoreUnavailable, caught.Error!.Code);
        Assert.Equal(ErrorCodes.StoreUnavailable, late.Error!.Code);
        await Assert.ThrowsAsync<StoreFencedException>(() => hive.Hive.Completion);
    }

    [Fact]
    public async Task A_fault_of_the_store_that_it_does_not_name_fails_the_batch_and_not_the_hive()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        hive.Store.FailNextCommit(new InvalidOperationException("A bug."));

        Assert.Equal(ErrorCodes.StoreUnavailable, (await hive.Create()).Error!.Code);
        Assert.Null((await hive.Create()).Error);
    }

    [Fact]
    public async Task A_command_that_faults_fails_alone()
    {
        await using var hive = await RunningHive.StartAsync();

        var outcome = await hive.Ask(new Faulty { By = TestHive.User });

        Assert.Equal(ErrorCodes.Internal, outcome.Error!.Code);
        Assert.DoesNotContain("secret detail", outcome.Error.Message);
        Assert.Null((await hive.Create()).Error);
    }

    [Fact]
    public async Task A_hive_whose_first_batch_cannot_be_stored_gets_its_default_swarm_with_the_next()
    {
        var store = new MemoryStore(Hive.Kinds);
        store.FailNextCommit();
        await using var hive = await RunningHive.StartAsync(store: store);

        await Eventually.Async(async () => (await hive.Create()).Error is null, "a task in the default swarm");
    }

    [Fact]
    public async Task Dispose_finishes_what_was_taken_and_answers_what_comes_after()
    {
        var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        hive.Store.OnCommit = async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
        };
        var first = hive.Create();
        await entered.Task;
        var queued = Enumerable.Range(0, 10).Select(_ => hive.Create()).ToArray();

        var disposing = hive.DisposeAsync().AsTask();
        var late = hive.Create();
        gate.SetResult();
        await disposing.WaitAsync(Eventually.Patience);

        Assert.All(await Task.WhenAll([first, .. queued]), o => Assert.Null(o.Error));
        Assert.Equal(ErrorCodes.StoreUnavailable, (await late).Error!.Code);
        Assert.True(hive.Hive.Completion.IsCompletedSuccessfully);
        await hive.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_while_the_store_fails_answers_everything_too()
    {
        var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        hive.Store.FailNextCommit();
        hive.Store.OnRead = () => throw new StoreException("Gone.");
        Assert.NotNull((await hive.Create()).Error);
        var waiting = hive.Create();

        await hive.DisposeAsync().AsTask().WaitAsync(Eventually.Patience);

        Assert.Equal(ErrorCodes.StoreUnavailable, (await waiting).Error!.Code);
    }

    [Fact]
    public async Task A_restart_gives_leases_one_full_period_and_keeps_positions()
    {
        var first = await RunningHive.StartAsync();
        var link = await first.Attach();
        var task = await first.CreateOne();
        await Eventually.Async(() => link.Assigned.Count == 1);
        var head = first.Hive.Head;
        await first.DisposeAsync();
        first.Time.Advance(TimeSpan.FromHours(1));

        await using var second = await RunningHive.StartAsync(store: first.Store, time: first.Time);
        second.Time.Advance(TimeSpan.FromSeconds(25));
        var view = (await second.Ask(new ShowTask(task) { By = TestHive.User })).Value!;

        Assert.Equal(TaskState.Assigned, view.State);
        Assert.Equal(new Position(2, head.Offset), second.Hive.Head);
        var history = await second.Hive.ReadAsync(new Position(1, 0), 1000, CancellationToken.None);
        Assert.Equal((true, head.Offset), (history.Known, history.End));
        Assert.All(history.Records, r => Assert.Equal(1, r.Position.Epoch));
    }

    private sealed record Faulty : Command<NoResult>
    {
        public override string Right => Permissions.ReadTasks;

        public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => throw new InvalidOperationException("secret detail");
    }
}
