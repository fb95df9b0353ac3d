using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class WorkerStopTests
{
    [Fact]
    public async Task Stopping_drains_and_lets_what_runs_finish()
    {
        await using var hub = ScriptedHub.Start();
        var gate = new TaskCompletionSource<RawJson>();
        var rig = await Rigs.WorkerAsync(hub, (_, _) => new(gate.Task));
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.NextAsync<TaskStart>();
        var stopping = rig.Worker.StopAsync(TimeSpan.FromMinutes(1));
        var drain = await rig.Session.NextAsync<AgentDrain>();
        Assert.Null(drain.Agent);
        await rig.Session.SendAsync(Answers.Nothing(drain));

        // One that was already on its way goes back.
        await rig.Session.SendAsync(Answers.Assign("late", token: 2));
        var release = await rig.Session.NextAsync<TaskRelease>();
        Assert.Equal("late", release.Task);
        await rig.Session.AckAsync(release);

        gate.SetResult(default);
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        await stopping.WaitAsync(Eventually.Patience);
        await rig.Worker.Completion;
        await rig.Session.Ended.WaitAsync(Eventually.Patience);
        Assert.Equal(["t1", "late"], rig.Acknowledged.Select(a => a.Task).OrderDescending());
    }

    [Fact]
    public async Task A_refusal_by_a_worker_that_stops_is_a_release()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is AgentDrain drain ? Answers.Nothing(drain) : null;
        using var gate = new ManualResetEventSlim();
        var rig = await Rigs.WorkerAsync(hub, (_, _) =>
        {
            gate.Wait(Eventually.Patience, CancellationToken.None);
            throw new TaskRefusedException("not now");
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await Eventually.Async(() => rig.Worker.Held == 1);
        var stopping = rig.Worker.StopAsync(TimeSpan.FromMinutes(1));
        gate.Set();
        var release = await rig.Session.NextAsync<TaskRelease>();
        Assert.Equal("not now", release.Reason);
        await rig.Session.AckAsync(release);
        await stopping.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task A_task_goes_back_when_its_handler_has_ended_and_not_before()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is TaskRelease release ? Answers.Ack(release) : m is LeaseRenew renew ? Answers.Nothing(renew) : null;
        var (told, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        var rig = await Rigs.WorkerAsync(hub, async (_, cancel) =>
        {
            await using var registered = cancel.Register(told.SetResult);
            await ended.Task;
            cancel.ThrowIfCancellationRequested();
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("slow"));
        await rig.Session.NextAsync<TaskStart>();
        var stopping = rig.Worker.StopAsync(TimeSpan.Zero);
        await rig.Time.AdvanceUntilAsync(() => told.Task.IsCompleted, TimeSpan.FromMilliseconds(100));

        // Longer than the hub has to acknowledge, shorter than the handler has to end.
        for (var i = 0; i < 50; i++) rig.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.False(stopping.IsCompleted);
        Assert.Empty(rig.Session.Messages.OfType<TaskRelease>());
        ended.SetResult();
        await stopping.WaitAsync(Eventually.Patience);
        Assert.Equal("slow", rig.Session.Messages.OfType<TaskRelease>().Single().Task);
        Assert.Empty(rig.Rejected);
    }

    [Fact]
    public async Task The_lease_of_a_handler_that_never_ends_is_left_to_run_out()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is TaskRelease release ? Answers.Ack(release) : null;
        var deaf = new TaskCompletionSource<RawJson>();
        var rig = await Rigs.WorkerAsync(
            hub,
            async (work, cancel) =>
            {
                if (work.Id == "deaf") return await deaf.Task;
                await Task.Delay(Timeout.Infinite, cancel);
                return default;
            },
            options => options.StopTimeout = TimeSpan.FromSeconds(20));
        await rig.Session.SendAsync(Answers.Assign("listens"), Answers.Assign("deaf", token: 2));
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.NextAsync<TaskStart>();
        var began = rig.Time.GetUtcNow();
        var stopping = rig.Worker.StopAsync(TimeSpan.FromSeconds(5));
        await rig.Time.AdvanceUntilAsync(() => stopping.IsCompleted, TimeSpan.FromMilliseconds(250));
        await stopping;
        Assert.True(rig.Time.GetUtcNow() - began >= TimeSpan.FromSeconds(25));
        Assert.Equal(["listens"], rig.Session.Messages.OfType<TaskRelease>().Select(r => r.Task));
        Assert.Equal([("deaf", ClientErrorCodes.Undelivered)], rig.Rejected);
        deaf.SetResult(default);
        Assert.Equal(0, rig.Worker.Held);
    }

    [Fact]
    public async Task What_the_hub_never_acknowledged_is_reported_when_the_worker_stops()
    {
        await using var hub = ScriptedHub.Start();
        var rig = await Rigs.WorkerAsync(hub, (_, _) => default);
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.NextAsync<TaskComplete>();
        await rig.DisposeAsync();
        Assert.Equal([("t1", ClientErrorCodes.Undelivered)], rig.Rejected);
    }

    [Fact]
    public async Task Stopping_twice_is_stopping_once()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is AgentDrain ? Answers.Nothing(m) : null;
        var rig = await Rigs.WorkerAsync(hub, (_, _) => default);
        await Task.WhenAll(rig.Worker.StopAsync(TimeSpan.Zero), rig.Worker.StopAsync(TimeSpan.Zero), rig.Worker.DisposeAsync().AsTask()).WaitAsync(Eventually.Patience);
        Assert.Single(rig.Session.Messages.OfType<AgentDrain>());
    }
}
