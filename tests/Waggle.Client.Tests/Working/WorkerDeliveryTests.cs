using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class WorkerDeliveryTests
{
    private static readonly RawJson Result = RawJson.Parse("1");

    [Fact]
    public async Task A_result_is_offered_over_reconnects_until_it_is_acknowledged()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result));
        await rig.Session.SendAsync(Answers.Assign("t1", attempt: 3, token: 8));
        for (var i = 0; i < 3; i++)
        {
            await rig.Session.NextAsync<TaskComplete>();
            rig.Session.Abort();
            await rig.ReconnectedAsync(hub);
            Assert.Equal([new LeaseRef("t1", 3, 8)], rig.Session.Hello!.Agent!.Holding);
        }

        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        await Eventually.Async(() => rig.Acknowledged.Count == 1 && rig.Worker.Held == 0);
        rig.Session.Abort();
        await rig.ReconnectedAsync(hub);
        Assert.Empty(rig.Session.Hello!.Agent!.Holding!);
        Assert.Equal(["t1"], rig.Assigned);
    }

    [Fact]
    public async Task A_store_that_is_away_or_full_delays_a_result_and_loses_nothing()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result));
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.ErrorAsync(await rig.Session.NextAsync<TaskComplete>(), ErrorCodes.StoreUnavailable, 3000);
        await RepeatedAsync(2);
        await rig.Session.ErrorAsync(await rig.Session.NextAsync<TaskComplete>(), ErrorCodes.StoreFull);
        await RepeatedAsync(3);
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        await Eventually.Async(() => rig.Acknowledged.Count == 1);

        Task RepeatedAsync(int count) =>
            rig.Time.AdvanceUntilAsync(() => rig.Session.Messages.OfType<TaskComplete>().Count() == count, TimeSpan.FromMilliseconds(100));
    }

    [Theory]
    [InlineData(ErrorCodes.StaleLease)]
    [InlineData(ErrorCodes.NotFound)]
    [InlineData(ErrorCodes.InvalidState)]
    public async Task A_result_that_nobody_wants_is_given_up_and_reported(string code)
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result));
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.ErrorAsync(await rig.Session.NextAsync<TaskComplete>(), code);
        await Eventually.Async(() => rig.Rejected.Contains(("t1", code)) && rig.Worker.Held == 0);
    }

    [Fact]
    public async Task A_reconnect_names_what_is_held_and_obeys_the_answer()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, async (work, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("keep"), Answers.Assign("stop", token: 2));
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.NextAsync<TaskStart>();
        hub.Greet = (_, hello) =>
        {
            var welcome = hub.WelcomeFor(hello);
            return welcome with { Agent = welcome.Agent! with { Keep = [new LeaseRef("keep", 1, 1)], Stop = [new LeaseRef("stop", 1, 2)] } };
        };
        rig.Session.Abort();
        await rig.ReconnectedAsync(hub);
        Assert.Equal(["keep", "stop"], rig.Session.Hello!.Agent!.Holding!.Select(l => l.Task).Order());
        await Eventually.Async(() => rig.Rejected.Contains(("stop", ErrorCodes.StaleLease)));
        Assert.Equal(1, rig.Worker.Held);
    }

    [Fact]
    public async Task The_agent_keeps_its_given_id_and_its_secret_over_reconnects()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result), o => o.AgentId = null);
        var secret = rig.Session.Hello!.Agent!.Secret;
        Assert.Null(rig.Session.Hello.Agent.Id);
        Assert.True(secret.Length >= 32);
        rig.Session.Abort();
        await rig.ReconnectedAsync(hub);
        Assert.Equal(("given-1", secret), (rig.Session.Hello!.Agent!.Id, rig.Session.Hello.Agent.Secret));
        Assert.Equal("given-1", rig.Worker.AgentId);
    }

    [Theory]
    [InlineData(ErrorCodes.AgentInUse)]
    [InlineData(ErrorCodes.AgentRemoved)]
    public async Task A_refused_agent_ends_the_worker(string code)
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result));
        hub.Greet = (_, _) => new ErrorMessage { Code = code, Message = "no" };
        rig.Session.Abort();
        await rig.ReconnectedAsync(hub);
        Assert.Equal(code, (await Assert.ThrowsAsync<WaggleException>(() => rig.Worker.Completion)).Code);
    }

    [Fact]
    public async Task A_name_that_is_taken_fails_the_start_at_once_with_the_hubs_words()
    {
        await using var hub = ScriptedHub.Start();
        hub.Greet = (_, _) => new ErrorMessage { Code = ErrorCodes.AgentInUse, Message = "taken", RetryAfterMs = 30_000 };
        var refused = await Assert.ThrowsAsync<WaggleException>(() => Rigs.WorkerAsync(hub, (_, _) => new(Result), o => o.ConnectTimeout = Timeout.InfiniteTimeSpan));
        Assert.Equal((ErrorCodes.AgentInUse, TimeSpan.FromSeconds(30)), (refused.Code, refused.RetryAfter));
        Assert.Equal(1, hub.Sessions);
    }

    [Fact]
    public async Task A_worker_that_may_wait_gets_the_name_when_it_is_free()
    {
        await using var hub = ScriptedHub.Start();
        hub.Greet = (_, hello) => hub.Sessions < 3 ? new ErrorMessage { Code = ErrorCodes.AgentInUse, Message = "taken", RetryAfterMs = 1 } : hub.WelcomeFor(hello);
        var starting = WaggleWorker.StartAsync(
            new WaggleWorkerOptions { Url = hub.Url, AgentId = "a1", WaitWhileInUse = true, BackoffBase = TimeSpan.FromMilliseconds(1) }, (_, _) => new(Result));
        await using var worker = await Eventually.Get(starting);
        Assert.Equal(3, hub.Sessions);
    }

    [Fact]
    public async Task Being_replaced_ends_the_worker_and_its_handlers()
    {
        await using var hub = ScriptedHub.Start();
        var ended = new TaskCompletionSource();
        await using var rig = await Rigs.WorkerAsync(hub, async (_, cancel) =>
        {
            await using var registered = cancel.Register(() => ended.TrySetResult());
            await ended.Task;
            cancel.ThrowIfCancellationRequested();
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.CloseAsync(CloseCodes.Replaced);
        Assert.Equal(ClientErrorCodes.Replaced, (await Assert.ThrowsAsync<WaggleException>(() => rig.Worker.Completion)).Code);
        await ended.Task.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Thousands_of_results_are_each_acknowledged_once_over_broken_lines()
    {
        const int Tasks = 3000;
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is LeaseMessage lease && lease.Token % 3 != 0 ? Answers.Ack(lease, TaskState.Completed) : null;
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result));
        var assignments = Enumerable.Range(1, Tasks).Select(i => Answers.Assign($"t{i}", token: i)).ToArray();
        foreach (var chunk in assignments.Chunk(500)) await rig.Session.SendAsync(chunk);
        await Eventually.Async(() => rig.Assigned.Count == Tasks);
        hub.Auto = m => m is LeaseMessage lease ? Answers.Ack(lease, TaskState.Completed) : null;
        rig.Session.Abort();
        await rig.ReconnectedAsync(hub);
        await Eventually.Async(() => rig.Worker.Held == 0);
        Assert.Equal(Tasks, rig.Acknowledged.Count);
        Assert.Equal(Tasks, rig.Acknowledged.Select(a => a.Task).Distinct().Count());
    }
}
