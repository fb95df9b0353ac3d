using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task A_command_returns_the_hubs_answer()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is TaskShow show ? Answers.Reply(show, Answers.Task(show.Task, TaskState.Running), HubJson.Default.TaskView) : null;
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        Assert.Equal(TaskState.Running, (await client.ShowTaskAsync("t1")).State);
        Assert.Equal(["waggle.v1"], session.Hello!.Protocols);
        Assert.True(session.Hello.Batch);
    }

    [Fact]
    public async Task An_error_becomes_an_exception_with_its_code_and_wait()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => Answers.Error(m, ErrorCodes.StoreFull, 500);
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var error = await Assert.ThrowsAsync<WaggleException>(() => client.CreateTaskAsync(new TaskSpec { Title = "x" }));
        Assert.Equal(ErrorCodes.StoreFull, error.Code);
        Assert.Equal(TimeSpan.FromMilliseconds(500), error.RetryAfter);
    }

    [Fact]
    public async Task A_command_goes_on_while_the_store_is_away_and_gives_up_after_its_time()
    {
        await using var hub = ScriptedHub.Start();
        var refused = 0;
        hub.Auto = m => Interlocked.Increment(ref refused) <= 2 ? Answers.Error(m, ErrorCodes.StoreUnavailable, 100) : Answers.Nothing(m);
        var time = new FakeTime();
        var (client, session) = await Rigs.ClientAsync(hub, time);
        await using var _ = client;
        var echo = client.EchoAsync(default);
        await time.AdvanceUntilAsync(() => echo.IsCompleted, TimeSpan.FromMilliseconds(100));
        await echo;
        Assert.Equal(3, session.Messages.OfType<Echo>().Count());

        hub.Auto = m => Answers.Error(m, ErrorCodes.StoreUnavailable, 1000);
        var failing = client.EchoAsync(default);
        await time.AdvanceUntilAsync(() => failing.IsCompleted, TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCodes.StoreUnavailable, (await Assert.ThrowsAsync<WaggleException>(() => failing)).Code);
    }

    [Fact]
    public async Task A_cancelled_request_ends_at_once_and_its_late_answer_disturbs_nobody()
    {
        await using var hub = ScriptedHub.Start();
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        using var cancel = new CancellationTokenSource();
        var echo = client.EchoAsync(default, cancel.Token);
        var seen = await session.NextAsync<Echo>();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => echo);
        await session.SendAsync(Answers.Nothing(seen));

        var next = client.EchoAsync(RawJson.Parse("7"));
        await session.SendAsync(new Reply { Id = (await session.NextAsync<Echo>()).Id!, Result = RawJson.Parse("7") });
        Assert.Equal("7", (await next).ToString());
    }

    [Fact]
    public async Task What_queues_up_together_shares_frames()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is Echo ? Answers.Nothing(m) : null;
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(_ => client.EchoAsync(default)));
        Assert.Equal(5000, session.Messages.OfType<Echo>().Count());
        Assert.InRange(session.Frames.Count, 1, 2000);
        Assert.Equal(session.Messages.OfType<Echo>().Select(e => long.Parse(e.Id!)).Order(), session.Messages.OfType<Echo>().Select(e => long.Parse(e.Id!)));
    }

    [Fact]
    public async Task Many_tasks_are_created_in_chunks_with_keys_of_their_own()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is TaskCreate create ? Answers.Created(create) : null;
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        var created = await client.CreateTasksAsync([.. Enumerable.Range(0, 2100).Select(i => new TaskSpec { Title = $"{i}" })]);
        Assert.Equal(Enumerable.Range(0, 2100).Select(i => $"{i}"), created.Select(c => c.Id));
        var messages = session.Messages.OfType<TaskCreate>().ToList();
        Assert.Equal(3, messages.Count);
        Assert.Equal(2100, messages.SelectMany(m => m.Tasks).Select(t => t.IdempotencyKey).Distinct().Count(k => k is { Length: 32 }));
    }

    [Fact]
    public async Task A_list_follows_the_cursor_to_its_end()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is not TaskList list ? null : Answers.Reply(
            list,
            new TaskPage([Answers.Task($"t{list.Cursor}", TaskState.Pending)], list.Cursor switch { null => "1", "1" => "2", _ => null }),
            HubJson.Default.TaskPage);
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var ids = new List<string>();
        await foreach (var task in client.ListTasksAsync(new TaskFilter { Swarm = "s" })) ids.Add(task.Id);
        Assert.Equal(["t", "t1", "t2"], ids);
    }

    [Fact]
    public async Task Waiting_for_a_task_subscribes_before_it_looks_and_survives_a_reconnect()
    {
        await using var hub = ScriptedHub.Start();
        var state = TaskState.Running;
        hub.Auto = m => m switch
        {
            Subscribe s => Answers.Subscribed(s, new Position(1, 5)),
            TaskShow show => Answers.Reply(show, Answers.Task(show.Task, state), HubJson.Default.TaskView),
            _ => null,
        };
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var _ = client;
        var waiting = client.WaitForCompletionAsync("t1");
        await Eventually.Async(() => session.Messages.OfType<TaskShow>().Any());
        Assert.Equal(["hello", "subscribe", "task.show"], session.Messages.Select(m => m.Type));
        session.Abort();

        var second = await hub.NextSessionAsync();

        // A show that the cut left unanswered is asked again first; the one that counts comes behind the subscription.
        await Eventually.Async(() => second.Messages.SkipWhile(m => m is not Subscribe).OfType<TaskShow>().Any());
        Assert.Equal(["task.t1.#"], second.Messages.OfType<Subscribe>().First().Topics);
        state = TaskState.Completed;
        await second.SendAsync(Answers.Record(6));
        Assert.Equal(TaskState.Completed, (await Eventually.Get(waiting)).State);
        await second.NextAsync<Unsubscribe>();
    }
}
