using Waggle.Core.Apps;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Hives;

public class HiveTests
{
    [Fact]
    public async Task A_new_hive_has_the_default_swarm_and_says_first_where_the_log_stands()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();

        Assert.Empty(hive.Batches.First().Records);
        Assert.Equal(new Position(1, 0), hive.Batches.First().Head);
        Assert.Equal("swarm_created", hive.Records.First().Kind);
    }

    [Fact]
    public async Task Nothing_is_answered_assigned_or_published_before_it_is_stored()
    {
        await using var hive = await RunningHive.StartAsync();
        var link = await hive.Attach();
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        hive.Store.OnCommit = async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
        };
        var (head, published) = (hive.Hive.Head, hive.Records.Count());

        var creating = hive.Create();
        await entered.Task;
        Assert.False(creating.IsCompleted);
        Assert.Equal((head, published, 0), (hive.Hive.Head, hive.Records.Count(), link.Assigned.Count));
        gate.SetResult();
        var outcome = await creating;

        Assert.Equal(hive.Hive.Head, outcome.Head);
        Assert.Equal(head.Offset + 2, outcome.Head.Offset);
        await Eventually.Async(() => link.Assigned.Count == 1, "the assignment");
    }

    [Fact]
    public async Task What_arrives_during_a_commit_is_the_next_batch()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        hive.Store.OnCommit = async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
        };
        var first = hive.Create();
        await entered.Task;
        var commits = hive.Store.Commits;
        var others = Enumerable.Range(0, 50).Select(_ => hive.Create()).ToArray();

        gate.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(commits + 2, hive.Store.Commits);
    }

    [Fact]
    public async Task Batches_are_published_in_order_with_contiguous_offsets_and_the_ephemeral_in_their_place()
    {
        await using var hive = await RunningHive.StartAsync();
        var link = await hive.Attach(slots: 50);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await hive.CreateOne();
            if (i % 5 == 0) await hive.Ask(new PublishToApp($"app.n{i}", default) { By = TestHive.User });
        }));
        await Eventually.Async(() => link.Assigned.Count == 50, "50 assignments");
        foreach (var lease in link.Assigned.ToArray())
            await hive.Ask(new ReportProgress(lease, 0.5, null) { By = TestHive.User with { Agent = "a1" } });

        var last = 0L;
        foreach (var batch in hive.Batches)
        {
            foreach (var record in batch.Records)
            {
                if (record.Class == RecordClass.Durable) last++;
                Assert.Equal(new Position(1, last), record.Position);
            }

            Assert.Equal(last, batch.Head.Offset);
        }

        Assert.Equal(10, hive.Records.Count(r => r.Kind == "app"));
        Assert.Equal(50, hive.Records.Count(r => r.Kind == "task_progress"));
    }

    [Fact]
    public async Task A_worker_is_welcomed_before_it_is_given_work()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.CreateOne();
        var order = new List<string>();
        var link = new OrderedLink(order);
        var command = new Core.Tasks.Leases.AttachAgent(new AgentHello { Secret = "sixteen characters" }, "a1", link) { By = TestHive.User };

        await hive.Hive.SubmitAsync(command, new OrderedSink(order), null, CancellationToken.None);

        // Another command may share the turn and be answered before the work is given.
        await Eventually.Async(() => order.Count == 2);
        Assert.Equal(["answer", "assign"], order);
    }

    [Fact]
    public async Task A_finished_task_leaves_memory_and_can_still_be_shown_with_its_attempts()
    {
        await using var hive = await RunningHive.StartAsync();
        var link = await hive.Attach();
        var task = await hive.CreateOne();
        await Eventually.Async(() => link.Assigned.Count == 1);
        await hive.Complete(link.Assigned[0]);

        var view = (await hive.Hive.QueryAsync(new TaskDetails(task) { By = TestHive.User }, CancellationToken.None)).Value!;

        Assert.Equal((TaskState.Completed, "completed"), (view.State, view.Attempts!.Single().Outcome));
    }

    [Fact]
    public async Task Tasks_are_listed_a_page_at_a_time()
    {
        await using var hive = await RunningHive.StartAsync();
        await hive.Create([.. Enumerable.Range(1, 5).Select(i => new TaskSpec { Title = $"t{i}" })]);
        var titles = new List<string>();
        string? cursor = null;
        do
        {
            var outcome = await hive.Hive.QueryAsync(
                new ListTasks(new TaskList { Ascending = true, Limit = 2, Cursor = cursor, States = [TaskState.Pending] }) { By = TestHive.User }, CancellationToken.None);
            var page = outcome.Value!;
            Assert.Equal(hive.Hive.Head, outcome.Head);
            titles.AddRange(page.Tasks.Select(t => t.Spec.Title));
            cursor = page.Cursor;
        }
        while (cursor is not null);

        Assert.Equal(["t1", "t2", "t3", "t4", "t5"], titles);
    }

    [Fact]
    public async Task Leases_end_and_agents_go_offline_by_the_clock_alone()
    {
        await using var hive = await RunningHive.StartAsync();
        var link = await hive.Attach();
        var task = await hive.CreateOne();
        await Eventually.Async(() => link.Assigned.Count == 1);

        await PassAsync(hive, task, TimeSpan.FromSeconds(31));

        Assert.Contains(hive.Records, r => r.Kind == "task_requeued");
        Assert.Contains(hive.Records, r => r.Payload is Core.Agents.AgentStatusChanged { Status: AgentStatus.Offline });
        Assert.Equal("lease_lost", link.Stops.Single().Reason);
    }

    [Fact]
    public async Task When_the_inbox_is_full_senders_wait()
    {
        await using var hive = await RunningHive.StartAsync(new HiveOptions { InboxCapacity = 2, MaxBatch = 2 });
        await hive.CreateOne();
        var (entered, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        hive.Store.OnCommit = async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
        };
        var first = hive.Create();
        await entered.Task;

        var submits = Enumerable.Range(0, 5)
            .Select(_ => hive.Hive.SubmitAsync(new CreateTasks([new() { Title = "t" }]) { By = TestHive.User }, new OrderedSink([]), null, CancellationToken.None).AsTask()).ToArray();
        Assert.Equal(2, submits.Count(s => s.IsCompleted));
        gate.SetResult();

        await Task.WhenAll([first, .. submits]).WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Commands_without_end_do_not_keep_timers_waiting()
    {
        await using var hive = await RunningHive.StartAsync(new HiveOptions { MaxBatch = 1 });
        await hive.Create(new TaskSpec { Title = "waits for nobody", AssignTo = "absent", ScheduleToStartMs = 30_000 });
        var gate = new TaskCompletionSource();
        hive.Store.OnCommit = _ => gate.Task;
        var flood = Enumerable.Range(0, 20).Select(_ => hive.Create()).ToArray();
        hive.Time.Advance(TimeSpan.FromSeconds(31));
        gate.SetResult();
        await Task.WhenAll(flood);

        var kinds = hive.Records.Select(r => r.Kind).ToList();
        Assert.InRange(kinds.IndexOf("task_expired"), 0, kinds.LastIndexOf("task_created") - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Time_in_which_the_hub_could_not_hear_ends_no_lease(bool slept)
    {
        await using var hive = await RunningHive.StartAsync();
        var link = await hive.Attach();
        var task = await hive.CreateOne();
        await Eventually.Async(() => link.Assigned.Count == 1);

        // The process is suspended for a minute, or the whole machine sleeps, twice. Then the hub can receive again and the worker sends nothing.
        for (var i = 0; i < 2; i++)
        {
            if (slept) hive.Time.Jump(TimeSpan.FromMinutes(1));
            else hive.Time.Advance(TimeSpan.FromMinutes(1));
            await PassAsync(hive, task, TimeSpan.FromSeconds(25));
        }

        var view = (await hive.Ask(new ShowTask(task) { By = TestHive.User })).Value!;
        Assert.Equal((TaskState.Assigned, 0), (view.State, view.Losses));
        var agent = (await hive.Ask(new Core.Agents.ShowAgent("a1") { By = TestHive.User })).Value!;
        Assert.Equal(AgentStatus.Online, agent.Status);

        await PassAsync(hive, task, TimeSpan.FromSeconds(6));

        Assert.Contains(hive.Records, r => r.Kind == "task_requeued");
    }

    [Fact]
    public async Task A_deadline_by_the_wall_clock_is_kept_while_the_machine_sleeps()
    {
        await using var hive = await RunningHive.StartAsync();
        var created = await hive.Create(new TaskSpec { Title = "by tomorrow", AssignTo = "absent", ScheduleToCloseMs = 3_600_000 });
        var task = ((TasksCreated)created.Value!).Tasks[0].Id;
        hive.Time.Jump(TimeSpan.FromHours(8));

        await PassAsync(hive, task, TimeSpan.FromSeconds(1));

        var expired = Assert.Single(hive.Records, r => r.Kind == "task_expired");
        Assert.InRange(hive.Time.GetUtcNow() - expired.At, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    // In steps that the loop sees one by one: for the loop, a longer one is a pause of the process.
    private static async Task PassAsync(RunningHive hive, string task, TimeSpan time)
    {
        for (var step = TimeSpan.FromMilliseconds(500); time > TimeSpan.Zero; time -= step)
        {
            hive.Time.Advance(step);
            await hive.Ask(new ShowTask(task) { By = TestHive.User });
        }
    }

    private sealed class OrderedSink(List<string> order) : IOutcomeSink
    {
        public void Complete(object? tag, in Outcome outcome) => order.Add("answer");
    }

    private sealed class OrderedLink(List<string> order) : Core.Agents.IAgentLink
    {
        public void Assign(Core.Agents.Assignment assignment) => order.Add("assign");

        public void Cancel(LeaseRef lease, string? reason, TimeSpan grace) => order.Add("cancel");

        public void Stop(LeaseRef lease, string reason) => order.Add("stop");

        public void RequestVote(VoteRequested request)
        {
        }

        public void Close(int code, string reason) => order.Add("close");
    }
}
