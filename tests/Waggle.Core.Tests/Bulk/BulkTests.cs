using System.Globalization;
using Waggle.Core.Audit;
using Waggle.Core.Bulk;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Bulk;

public sealed class BulkTests : IAsyncLifetime
{
    private static readonly Principal Ann = Principal.Local("default", "ann") with { Address = "203.0.113.7" };

    private RunningHive _running = null!;

    public async ValueTask InitializeAsync() => _running = await RunningHive.StartAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Fact]
    public async Task All_tasks_that_match_are_cancelled_and_no_other()
    {
        await _running.Ask(new CreateSwarm("Second", "s2") { By = Ann });
        await CreateAsync(600);
        await CreateAsync(3, "s2");
        var spec = Cancel(new TaskQuery { Swarm = "default" });

        var counted = await _running.Hive.QueryAsync(new CountBulk(spec) { By = Ann }, CancellationToken.None);
        Assert.Equal(600, counted.Value!.Matched);
        Assert.Equal(600, await CountAsync(TaskState.Pending, "default"));
        var bulk = await RunAsync(spec);

        Assert.Equal((BulkState.Done, 600, 600, 0, 0, 0), (bulk.State, bulk.Matched, bulk.Changed, bulk.Unchanged, bulk.Skipped, bulk.Failed));
        Assert.Equal(600, await CountAsync(TaskState.Cancelled, "default"));
        Assert.Equal(3, await CountAsync(TaskState.Pending, "s2"));
        Assert.Equal([250L, 250, 100], Data<BulkProgressed>().Select(p => p.Batch.Changed));
    }

    [Fact]
    public async Task Other_commands_are_answered_between_two_batches()
    {
        await CreateAsync(800);
        Task<Outcome<SwarmPage>>? asked = null;
        _running.OnPublish = batch =>
        {
            if (asked is null && batch.Records.Any(r => r.Payload is BulkProgressed)) asked = _running.Hive.AskAsync(new ListSwarms { By = Ann }, CancellationToken.None);
            return default;
        };
        var started = await _running.Ask(new StartBulk(Cancel(new TaskQuery())) { By = Ann });
        await UntilDoneAsync(started.Value!.Id);

        // The command was sent during the first of four batches and answered before the last.
        var answer = await asked!;
        Assert.True(answer.Head.Offset < _running.Records.First(r => r.Payload is BulkEnded).Position.Offset);
        Assert.InRange(_running.Batches.Max(b => b.Records.Count(r => r.Payload is TaskCancelled)), 1, BulkPages.MaxBatch);
    }

    [Fact]
    public async Task Retries_make_one_new_task_each_and_a_second_bulk_makes_none()
    {
        await CreateAsync(30);
        await RunAsync(Cancel(new TaskQuery()));
        var retry = new BulkSpec { Action = BulkAction.Retry, Filter = new TaskQuery { States = [TaskState.Cancelled] } };

        var first = await RunAsync(retry);
        var second = await RunAsync(retry);

        Assert.Equal((30, 0), (first.Changed, first.Unchanged));
        Assert.Equal((0, 30), (second.Changed, second.Unchanged));
        var created = Data<Core.Tasks.TaskCreated>().Where(t => t.RetryOf is not null).ToArray();
        Assert.Equal(30, created.Select(t => t.Task).Distinct().Count());
        Assert.Equal(created.Select(t => t.RetryOf), Data<Core.Tasks.TaskCreated>().Where(t => t.RetryOf is null).Select(t => t.Task));
    }

    [Fact]
    public async Task A_priority_is_set_and_what_has_it_already_is_unchanged()
    {
        await CreateAsync(5);
        await _running.Create(new TaskSpec { Title = "first", Priority = 1 });

        var bulk = await RunAsync(new BulkSpec { Action = BulkAction.SetPriority, Priority = 1, Filter = new TaskQuery() });

        Assert.Equal((5, 1), (bulk.Changed, bulk.Unchanged));
    }

    [Fact]
    public async Task Tasks_that_cannot_be_changed_are_counted_with_the_reason()
    {
        await _running.Create(
            new TaskSpec { Title = "a", Singleton = new SingletonSpec("one") }, new TaskSpec { Title = "b" }, new TaskSpec { Title = "c" });
        await RunAsync(Cancel(new TaskQuery()));
        await _running.Create(new TaskSpec { Title = "d", Singleton = new SingletonSpec("one") });

        var bulk = await RunAsync(new BulkSpec { Action = BulkAction.Retry, Filter = new TaskQuery() });

        Assert.Equal((2, 1), (bulk.Changed, bulk.Failed));
        Assert.Equal(1, Assert.Single(bulk.Failures!).Count);
    }

    [Fact]
    public async Task A_dependent_task_that_also_matches_is_cancelled_by_the_bulk()
    {
        var first = await _running.CreateOne();
        await _running.Create(new TaskSpec { Title = "after", DependsOn = [first] });

        var bulk = await RunAsync(Cancel(new TaskQuery()) with { Reason = "enough" });

        Assert.Equal(2, bulk.Changed);
        Assert.All(Data<TaskCancelled>(), c => Assert.Equal(("enough", "ann"), (c.Reason, c.CancelledBy)));
    }

    [Fact]
    public async Task A_bulk_goes_on_after_a_restart_and_changes_each_task_once()
    {
        await CreateAsync(1000);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running.OnPublish = batch =>
        {
            if (batch.Records.Any(r => r.Payload is BulkProgressed)) reached.TrySetResult();
            return default;
        };
        var started = (await _running.Ask(new StartBulk(Cancel(new TaskQuery())) { By = Ann })).Value!;
        await Eventually.Get(reached.Task.ContinueWith(_ => true, TaskScheduler.Default), "a batch");
        var (store, time, before) = (_running.Store, _running.Time, _running);
        await _running.DisposeAsync();
        _running = await RunningHive.StartAsync(store: store, time: time);

        var bulk = await UntilDoneAsync(started.Id);
        var cancelled = before.Records.Concat(_running.Records).Select(r => r.Payload).OfType<TaskCancelled>().Select(c => c.Task).ToArray();
        Assert.Equal((1000, 1000, 1000), ((int)bulk.Changed, cancelled.Length, cancelled.Distinct().Count()));
    }

    [Fact]
    public async Task The_same_key_returns_the_first_bulk_and_another_filter_is_a_conflict()
    {
        await CreateAsync(2);
        var spec = Cancel(new TaskQuery { States = [TaskState.Pending, TaskState.Blocked] }) with { IdempotencyKey = "k1" };
        var first = await RunAsync(spec);

        var again = await _running.Ask(new StartBulk(spec with { Filter = new TaskQuery { States = [TaskState.Blocked, TaskState.Pending] } }) { By = Ann });
        var other = await _running.Ask(new StartBulk(spec with { Filter = new TaskQuery() }) { By = Ann });

        Assert.Equal((first.Id, BulkState.Done, 2), (again.Value!.Id, again.Value.State, again.Value.Changed));
        Assert.Equal(ErrorCodes.IdempotencyConflict, other.Error!.Code);
    }

    [Fact]
    public async Task A_token_that_is_limited_to_swarms_reaches_only_their_tasks_and_bulks()
    {
        await _running.Ask(new CreateSwarm("Second", "s2") { By = Ann });
        await CreateAsync(3);
        await CreateAsync(2, "s2");
        var limited = Principal.Local("default", "bob") with { Swarms = new HashSet<string> { "s2" } };

        var refused = await _running.Ask(new StartBulk(Cancel(new TaskQuery { Swarm = "default" })) { By = limited });
        var all = (await _running.Ask(new StartBulk(Cancel(new TaskQuery()) with { IdempotencyKey = "a" }) { By = Ann with { Subject = "x", User = "x" } })).Value!;
        await UntilDoneAsync(all.Id);
        var unseen = await _running.Ask(new ShowBulk(all.Id) { By = limited });
        await CreateAsync(4, "s2");
        await CreateAsync(1);
        var own = await RunAsync(Cancel(new TaskQuery()), limited);

        Assert.Equal(ErrorCodes.Forbidden, refused.Error!.Code);
        Assert.Equal(ErrorCodes.NotFound, unseen.Error!.Code);
        Assert.Equal((4, 4), (own.Matched, own.Changed));
        Assert.Equal(1, await CountAsync(TaskState.Pending, "default"));
        var listed = await _running.Hive.QueryAsync(new ListBulks { By = limited }, CancellationToken.None);
        Assert.Equal([own.Id], listed.Value!.Bulks.Select(b => b.Id));
    }

    [Fact]
    public async Task The_audit_log_has_the_filter_and_the_numbers_of_a_bulk_and_who_began_it()
    {
        await CreateAsync(7);
        var bulk = await RunAsync(Cancel(new TaskQuery { States = [TaskState.Pending], Swarm = "default" }));

        var entries = (await _running.Hive.QueryAsync(new ListAudit(new AuditList()) { By = Ann }, CancellationToken.None)).Value!.Entries;
        Assert.Equal(["bulk.end", "bulk.start"], entries.Select(e => e.Action));
        Assert.All(entries, e => Assert.Equal("ann", e.User));
        Assert.Equal($"{bulk.Id}: done, 7 changed, 0 unchanged, 0 skipped, 0 failed", entries[0].Target);
        Assert.Equal($"{bulk.Id}: 7 tasks, cancel where state:pending swarm:default", entries[1].Target);
        Assert.Equal("203.0.113.7", entries[1].Address);
    }

    [Fact]
    public async Task A_wrong_spec_is_refused_with_the_field()
    {
        await RefusedAsync(new BulkSpec { Action = BulkAction.SetPriority, Filter = new TaskQuery() }, "bulk.priority");
        await RefusedAsync(new BulkSpec { Action = BulkAction.SetPriority, Filter = new TaskQuery(), Priority = 6 }, "bulk.priority");
        await RefusedAsync(new BulkSpec { Action = BulkAction.Retry, Filter = new TaskQuery(), Force = true }, "bulk.force");
        await RefusedAsync(new BulkSpec { Action = BulkAction.Retry, Filter = new TaskQuery { States = [TaskState.Running] } }, "running");
        await RefusedAsync(new BulkSpec { Action = BulkAction.Cancel, Filter = new TaskQuery { Swarm = "no such name!" } }, "bulk.filter.swarm");
        await RefusedAsync(new BulkSpec { Action = BulkAction.Cancel, Filter = null! }, "bulk.filter");

        async Task RefusedAsync(BulkSpec spec, string field)
        {
            var outcome = await _running.Ask(new StartBulk(spec) { By = Ann });
            Assert.Equal(ErrorCodes.InvalidRequest, outcome.Error!.Code);
            Assert.Contains(field, outcome.Error.Message, StringComparison.Ordinal);
        }
    }

    private static BulkSpec Cancel(TaskQuery filter) => new() { Action = BulkAction.Cancel, Filter = filter };

    private async Task CreateAsync(int count, string swarm = "default")
    {
        for (var left = count; left > 0; left -= Limits.MaxTasksPerCreate)
        {
            var some = Enumerable.Range(0, Math.Min(left, Limits.MaxTasksPerCreate));
            Assert.Null((await _running.Create([.. some.Select(i => new TaskSpec { Title = i.ToString(CultureInfo.InvariantCulture), Swarm = swarm })])).Error);
        }
    }

    private async Task<BulkView> RunAsync(BulkSpec spec, Principal? by = null)
    {
        var started = await _running.Ask(new StartBulk(spec) { By = by ?? Ann });
        Assert.Null(started.Error);
        return await UntilDoneAsync(started.Value!.Id);
    }

    private async Task<BulkView> UntilDoneAsync(string id)
    {
        BulkView? bulk = null;
        await Eventually.Async(
            async () => (bulk = (await _running.Ask(new ShowBulk(id) { By = Ann })).Value) is { State: not BulkState.Running }, "the end of the bulk");
        return bulk!;
    }

    private async Task<long> CountAsync(TaskState state, string swarm) => (await _running.Hive.QueryAsync(
        new CountTasks(new TaskList { States = [state], Swarm = swarm }) { By = Ann }, CancellationToken.None)).Value;

    private IEnumerable<T> Data<T>() => _running.Records.Select(r => r.Payload).OfType<T>();
}
