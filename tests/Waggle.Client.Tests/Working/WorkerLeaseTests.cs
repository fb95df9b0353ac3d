using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class WorkerLeaseTests
{
    private static readonly RawJson Result = RawJson.Parse("1");

    [Fact]
    public async Task One_renewal_names_every_lease_each_third_of_the_shortest()
    {
        await using var hub = ScriptedHub.Start();
        var gate = new TaskCompletionSource<RawJson>();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(gate.Task));
        await rig.Session.SendAsync(Answers.Assign("t1", token: 1), Answers.Assign("t2", token: 2, leaseMs: 6000));
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.NextAsync<TaskStart>();
        rig.Time.Advance(TimeSpan.FromSeconds(1.9));
        rig.Time.Advance(TimeSpan.FromSeconds(0.2));
        var renew = await rig.Session.NextAsync<LeaseRenew>();
        Assert.Equal([new LeaseRef("t1", 1, 1), new LeaseRef("t2", 1, 2)], renew.Leases.OrderBy(l => l.Token));
        Assert.Single(rig.Session.Messages.OfType<LeaseRenew>());
        gate.SetResult(Result);
        for (var i = 0; i < 2; i++) await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
    }

    [Fact]
    public async Task A_row_of_shorter_leases_does_not_push_the_renewal_away()
    {
        await using var hub = ScriptedHub.Start();
        var gate = new TaskCompletionSource<RawJson>();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(gate.Task));
        for (var i = 0; i < 5; i++)
        {
            await rig.Session.SendAsync(Answers.Assign($"t{i}", token: i + 1, leaseMs: 30_000 - (i * 1500)));
            await rig.Session.NextAsync<TaskStart>();
            rig.Time.Advance(TimeSpan.FromSeconds(2));
        }

        await rig.Session.NextAsync<LeaseRenew>();
        gate.SetResult(Result);
        for (var i = 0; i < 5; i++) await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
    }

    [Fact]
    public async Task A_worker_without_work_sends_its_heartbeat()
    {
        await using var hub = ScriptedHub.Start();
        hub.HeartbeatMs = 5000;
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result));
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty((await rig.Session.NextAsync<LeaseRenew>()).Leases);
    }

    [Fact]
    public async Task A_renewals_answer_stops_and_cancels()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("stop", token: 1), Answers.Assign("cancel", token: 2));
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.NextAsync<TaskStart>();
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        await rig.Session.SendAsync(Answers.Renewed(
            await rig.Session.NextAsync<LeaseRenew>(), stop: [new LeaseRef("stop", 1, 1)], cancel: [new LeaseRef("cancel", 1, 2)]));
        var cancelled = await rig.Session.NextAsync<TaskCancelled>();
        Assert.Equal("cancel", cancelled.Task);
        await rig.Session.AckAsync(cancelled, TaskState.Cancelled);
        await Eventually.Async(() => rig.Rejected.Contains(("stop", ErrorCodes.StaleLease)));
    }

    [Fact]
    public async Task Work_goes_on_while_the_hub_is_away_for_longer_than_its_lease_and_stops_when_the_hub_says_so()
    {
        await using var hub = ScriptedHub.Start();
        var gate = new TaskCompletionSource<RawJson>();
        var cancelled = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var rig = await Rigs.WorkerAsync(hub, async (work, cancel) =>
        {
            try
            {
                return await gate.Task.WaitAsync(cancel);
            }
            catch (OperationCanceledException)
            {
                cancelled.Enqueue(work.Id);
                throw;
            }
        });
        await rig.Session.SendAsync(Answers.Assign("kept", token: 1, leaseMs: 4000), Answers.Assign("gone", token: 2, leaseMs: 4000));
        for (var i = 0; i < 2; i++) await rig.Session.AckAsync(await rig.Session.NextAsync<TaskStart>());
        hub.HttpStatus = 503;
        rig.Session.Abort();
        await Eventually.Async(() => !rig.Worker.IsConnected);
        for (var i = 0; i < 20; i++) rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(cancelled);
        Hello? hello = null;
        hub.Greet = (_, said) => Kept(hub.WelcomeFor(hello = said), stop: "gone");
        hub.HttpStatus = null;
        await rig.ReconnectedAsync(hub);
        Assert.Equal(["gone", "kept"], hello!.Agent!.Holding!.Select(l => l.Task).Order());
        await Eventually.Async(() => cancelled.SequenceEqual(["gone"]) && rig.Rejected.Contains(("gone", ErrorCodes.StaleLease)));
        gate.SetResult(Result);
        var complete = await rig.Session.NextAsync<TaskComplete>();
        Assert.Equal("kept", complete.Task);
        await rig.Session.AckAsync(complete);
    }

    [Fact]
    public async Task A_worker_that_holds_a_lease_comes_back_within_a_third_of_it_whatever_its_back_off_says()
    {
        await using var hub = ScriptedHub.Start();
        var gate = new TaskCompletionSource<RawJson>();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(gate.Task), o => o.BackoffBase = o.BackoffCap = TimeSpan.FromHours(1));
        await rig.Session.SendAsync(Answers.Assign("t1", leaseMs: 3000));
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskStart>());
        rig.Session.Abort();
        await Eventually.Async(() => !rig.Worker.IsConnected);
        var back = hub.NextSessionAsync();
        await rig.Time.AdvanceUntilAsync(() => back.IsCompleted, TimeSpan.FromMilliseconds(100));
        rig.Session = await back;
        gate.SetResult(Result);
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
    }

    private static Welcome Kept(Welcome welcome, string stop) => welcome with
    {
        Agent = welcome.Agent! with
        {
            Keep = [.. welcome.Agent.Keep.Where(l => l.Task != stop)],
            Stop = [.. welcome.Agent.Keep.Where(l => l.Task == stop)],
        },
    };

    [Fact]
    public async Task A_lease_that_nobody_renewed_cancels_its_handler_where_the_worker_asks_for_it_but_a_result_is_still_offered()
    {
        await using var hub = ScriptedHub.Start();
        var lost = new TaskCompletionSource();
        await using var rig = await Rigs.WorkerAsync(hub, async (work, cancel) =>
        {
            await using var _ = cancel.Register(() => lost.TrySetResult());
            await lost.Task;
            Assert.Equal(CancelCause.LeaseLost, work.CancelCause);
            return Result;
        }, o => o.CancelUnrenewed = true);
        await rig.Session.SendAsync(Answers.Assign("t1", leaseMs: 30_000));
        await rig.Session.NextAsync<TaskStart>();
        // The hub answers no renewal.
        await rig.Time.AdvanceUntilAsync(() => lost.Task.IsCompleted, TimeSpan.FromSeconds(5));
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        await Eventually.Async(() => rig.Acknowledged.Count == 1);
    }

    [Fact]
    public async Task Renewals_keep_a_lease_for_as_long_as_it_takes()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is LeaseRenew renew ? Answers.Renewed(renew) : m is Echo ? Answers.Nothing(m) : null;
        var gate = new TaskCompletionSource<RawJson>();
        var cancelled = false;
        await using var rig = await Rigs.WorkerAsync(hub, async (_, cancel) =>
        {
            await using var registered = cancel.Register(() => cancelled = true);
            return await gate.Task;
        });
        await rig.Session.SendAsync(Answers.Assign("t1", leaseMs: 30_000));
        await rig.Session.NextAsync<TaskStart>();
        for (var i = 1; i <= 12; i++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(10));
            var count = i;
            await Eventually.Async(() => rig.Session.Messages.OfType<LeaseRenew>().Count() == count);
            // An echo comes back after the answer to the renewal was read.
            await rig.Worker.Connection.RequestAsync(new Echo(), repeatable: true).WaitAsync(Eventually.Patience);
        }

        Assert.False(cancelled);
        gate.SetResult(Result);
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_is_seen_as_running_by_the_next_renewal()
    {
        await using var hub = ScriptedHub.Start();
        using var gate = new ManualResetEventSlim();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) =>
        {
            gate.Wait(CancellationToken.None);
            return new(Result);
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Time.AdvanceUntilAsync(() => rig.Session.Messages.OfType<TaskStart>().Any(), TimeSpan.FromSeconds(1));
        gate.Set();
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
    }
}
