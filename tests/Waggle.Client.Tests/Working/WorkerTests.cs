using System.Collections.Concurrent;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class WorkerTests
{
    private static readonly RawJson Result = RawJson.Parse("""{"ok":true}""");

    [Fact]
    public async Task A_handler_sees_what_its_task_waited_for()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (work, _) => new(work.Dependencies.Count == 0 ? default : work.Dependencies[0].Result));
        await rig.Session.SendAsync(Answers.Assign("t2") with { Dependencies = [new Dependency { Task = "t1", State = TaskState.Completed, Result = RawJson.Parse("[1]") }] });
        var complete = await rig.Session.NextAsync<TaskComplete>();
        Assert.Equal("[1]", complete.Result.ToString());
        await rig.Session.AckAsync(complete);
    }

    [Fact]
    public async Task A_worker_says_which_types_it_takes()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => default, o => o.Types.Add("review"));
        Assert.Equal(["review"], rig.Session.Messages.OfType<Hello>().Single().Agent!.Types);
    }

    [Fact]
    public async Task Handlers_for_types_alone_take_these_and_one_for_the_rest_takes_all()
    {
        var handlers = new TaskHandlers().Handle("b", (_, _) => default).Handle("a", (_, _) => default);
        Assert.Equal(["a", "b"], await TypesOf(handlers));
        Assert.Null(await TypesOf(handlers.Otherwise((_, _) => default)));

        static async Task<IReadOnlyList<string>?> TypesOf(TaskHandlers handlers)
        {
            await using var hub = ScriptedHub.Start();
            await using var worker = await WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = hub.Url, AgentId = "a1" }, handlers);
            return (await hub.NextSessionAsync()).Messages.OfType<Hello>().Single().Agent!.Types;
        }
    }

    [Fact]
    public async Task A_result_that_is_there_at_once_is_sent_after_a_start()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (work, _) =>
        {
            work.Usage = new Usage { InputTokens = 3 };
            return new(Result);
        });
        await rig.Session.SendAsync(Answers.Assign("t1", attempt: 2, token: 77));
        var complete = await rig.Session.NextAsync<TaskComplete>();
        Assert.Equal(("t1", 2, 77L, Result, 3L), (complete.Task, complete.Attempt, complete.Token, complete.Result, complete.Usage!.InputTokens));
        await rig.Session.AckAsync(complete);
        await Eventually.Async(() => rig.Acknowledged.Count == 1 && rig.Worker.Held == 0);
        Assert.Equal(["hello", "task.start", "task.complete"], rig.Session.Messages.Select(m => m.Type));
    }

    [Fact]
    public async Task The_start_is_sent_before_the_handler_begins_and_before_its_logs()
    {
        await using var hub = ScriptedHub.Start();
        using var gate = new ManualResetEventSlim();
        await using var rig = await Rigs.WorkerAsync(hub, (work, cancel) =>
        {
            // More than one message of lines, all of them before the handler returns for the first time.
            for (var i = 0; i < 500; i++) _ = work.LogAsync($"line {i}").AsTask();
            gate.Wait(Eventually.Patience, CancellationToken.None);
            return new(Result);
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.NextAsync<TaskStart>();
        gate.Set();
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        Assert.Equal(["hello", "task.start", "task.log"], rig.Session.Messages.Take(3).Select(m => m.Type));
    }

    [Fact]
    public async Task Work_that_takes_time_starts_first()
    {
        await using var hub = ScriptedHub.Start();
        var gate = new TaskCompletionSource<RawJson>();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(gate.Task));
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.NextAsync<TaskStart>();
        gate.SetResult(Result);
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        Assert.Equal(["hello", "task.start", "task.complete"], rig.Session.Messages.Select(m => m.Type));
    }

    [Fact]
    public async Task The_same_assignment_delivered_again_does_not_run_again()
    {
        await using var hub = ScriptedHub.Start();
        var runs = new ConcurrentQueue<string>();
        await using var rig = await Rigs.WorkerAsync(hub, (work, _) =>
        {
            runs.Enqueue($"{work.Id}/{work.Token}");
            return new(Result);
        });
        await rig.Session.SendAsync(Answers.Assign("t1", token: 5), Answers.Assign("t1", token: 5));
        var complete = await rig.Session.NextAsync<TaskComplete>();
        await rig.Session.SendAsync(Answers.Assign("t1", token: 5));
        await rig.Session.AckAsync(complete);
        await rig.Session.SendAsync(Answers.Assign("t1", token: 5), Answers.Assign("t1", attempt: 2, token: 9));
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        Assert.Equal(["t1/5", "t1/9"], runs);
    }

    [Fact]
    public async Task A_handlers_exception_fails_the_task_in_its_words()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (work, _) => throw (work.Id == "t1"
            ? new TaskFailedException("NO_QUOTA", "later", retryable: false, TimeSpan.FromSeconds(9))
            : new InvalidOperationException("broken")));
        await rig.Session.SendAsync(Answers.Assign("t1"));
        var fail = await rig.Session.NextAsync<TaskFail>();
        await rig.Session.AckAsync(fail, TaskState.Failed);
        Assert.Equal((new TaskError("NO_QUOTA", "later"), false, 9000L), (fail.Error, fail.Retryable, fail.RetryAfterMs));
        await rig.Session.SendAsync(Answers.Assign("t2"));
        fail = await rig.Session.NextAsync<TaskFail>();
        await rig.Session.AckAsync(fail, TaskState.RetryWait);
        Assert.Equal((new TaskError("InvalidOperationException", "broken"), true, null), (fail.Error, fail.Retryable, fail.RetryAfterMs));
    }

    [Fact]
    public async Task A_refusal_refuses_at_once_and_after_a_wait()
    {
        await using var hub = ScriptedHub.Start();
        var gate = new TaskCompletionSource();
        await using var rig = await Rigs.WorkerAsync(hub, async (work, _) =>
        {
            if (work.Id == "t2") await gate.Task;
            throw new TaskRefusedException("not mine");
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        var refuse = await rig.Session.NextAsync<TaskRefuse>();
        Assert.Equal("not mine", refuse.Reason);
        await rig.Session.AckAsync(refuse, TaskState.Pending);
        await rig.Session.SendAsync(Answers.Assign("t2"));
        await rig.Session.NextAsync<TaskStart>();
        gate.SetResult();
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskRefuse>(), TaskState.Pending);
    }

    [Fact]
    public async Task A_cancelled_handler_that_stops_says_cancelled_and_one_that_finishes_completes()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, async (work, cancel) =>
        {
            var stopped = new TaskCompletionSource();
            await using var _ = cancel.Register(() => stopped.TrySetResult());
            await stopped.Task;
            Assert.Equal(CancelCause.TaskCancelled, work.CancelCause);
            return work.Id == "t1" ? throw new OperationCanceledException(cancel) : Result;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"), Answers.Assign("t2", token: 2));
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.SendAsync(
            new Cancel { Task = "t1", Attempt = 1, Token = 1, GraceMs = 1000, Reason = "changed my mind" },
            new Cancel { Task = "t2", Attempt = 1, Token = 2, GraceMs = 1000 });
        await Eventually.Async(() => rig.Session.Messages.Count() == 5);
        Assert.Equal("t1", rig.Session.Messages.OfType<TaskCancelled>().Single().Task);
        Assert.Equal("t2", rig.Session.Messages.OfType<TaskComplete>().Single().Task);
        foreach (var last in rig.Session.Messages.OfType<LeaseMessage>().Where(m => m is not TaskStart).ToList()) await rig.Session.AckAsync(last);
    }

    [Fact]
    public async Task A_stopped_handler_is_cancelled_and_nothing_is_said_of_it()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.NextAsync<TaskStart>();
        await rig.Session.SendAsync(new Stop { Task = "t1", Attempt = 1, Token = 1, Reason = "lost" });
        await Eventually.Async(() => rig.Rejected.Contains(("t1", ErrorCodes.StaleLease)));
        Assert.Equal(["hello", "task.start"], rig.Session.Messages.Select(m => m.Type));
    }

    [Fact]
    public async Task A_result_that_cannot_be_delivered_fails_the_task_instead_of_leaving_it()
    {
        await using var hub = ScriptedHub.Start();
        var broken = RawJson.FromTrusted([.. "{oops"u8]);
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(broken));
        await rig.Session.SendAsync(Answers.Assign("t1"));
        var fail = await rig.Session.NextAsync<TaskFail>();
        Assert.Equal(("RESULT_REJECTED", false), (fail.Error.Code, fail.Retryable));
        await rig.Session.AckAsync(fail, TaskState.Failed);
    }

    [Fact]
    public async Task A_throwing_hook_ends_the_worker_loudly()
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => new(Result), o => o.OnAssigned = _ => throw new InvalidOperationException("hook"));
        await rig.Session.SendAsync(Answers.Assign("t1"));
        Assert.Equal("hook", (await Assert.ThrowsAsync<WaggleException>(() => rig.Worker.Completion)).InnerException!.Message);
    }
}
