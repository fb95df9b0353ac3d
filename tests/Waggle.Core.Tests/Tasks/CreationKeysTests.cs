using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

/// <summary>Singletons: one open task of a key. Debounce: the last creation within a period runs.</summary>
public class CreationKeysTests
{
    private static TaskSpec Single(SingletonConflict? on = null) => new() { Title = "task", Singleton = new("nightly", on) };

    private static TaskSpec Last(long periodMs = 5_000) => new() { Title = "save", Debounce = new("doc-1", periodMs) };

    [Fact]
    public void A_second_creation_is_refused_while_a_task_of_the_key_is_open()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann");
        var first = hive.CreateAll(Single())[0].Id;

        var error = hive.Refused(new CreateTasks([Single()]) { By = TestHive.User });
        Assert.Equal((ErrorCodes.AlreadyExists, $"Task {first} with the singleton key 'nightly' is open (assigned)."), (error.Code, error.Message));

        ann.Complete();
        Assert.NotEqual(first, hive.CreateAll(Single())[0].Id);
    }

    [Fact]
    public void A_second_creation_returns_the_open_task_where_it_asks_for_that()
    {
        var hive = new TestHive();
        var first = hive.CreateAll(Single())[0];

        var second = hive.CreateAll(Single(SingletonConflict.ReturnExisting), Single(SingletonConflict.ReturnExisting));

        Assert.All(second, t => Assert.Equal((first.Id, TaskState.Pending, true), (t.Id, t.State, t.Duplicate)));
        Assert.Single(hive.State.Tasks);
    }

    [Fact]
    public void The_tasks_of_one_request_are_compared_too()
    {
        var hive = new TestHive();
        Assert.Contains("tasks[1]: Task ", hive.Refused(new CreateTasks([Single(), Single()]) { By = TestHive.User }).Message, StringComparison.Ordinal);
        Assert.Empty(hive.State.Tasks);

        var created = hive.CreateAll(Single(), Single(SingletonConflict.ReturnExisting));
        Assert.Equal((created[0].Id, true), (created[1].Id, created[1].Duplicate));
    }

    [Fact]
    public void A_restart_knows_the_open_task_of_a_key()
    {
        var hive = new TestHive();
        hive.CreateAll(Single());
        hive.Restart();
        Assert.Equal(ErrorCodes.AlreadyExists, hive.Refused(new CreateTasks([Single()]) { By = TestHive.User }).Code);
    }

    [Fact]
    public void The_last_creation_within_the_period_runs_and_the_earlier_ones_are_cancelled_with_the_reason()
    {
        var hive = new TestHive();
        hive.Worker("ann", slots: 5);
        var first = hive.CreateAll(Last())[0].Id;
        Assert.Equal("debounce:doc-1 (until 2026-03-01T12:00:05.000Z)", hive.Show(first).WaitingFor);
        hive.Advance(TimeSpan.FromSeconds(3));
        var second = hive.CreateAll(Last())[0].Id;

        hive.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.Equal(TaskState.Pending, hive.StateOf(second));
        hive.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(TaskState.Assigned, hive.StateOf(second));
        var ended = hive.Task(first);
        Assert.Equal((TaskState.Cancelled, "debounced", "hub"), (ended.State, ended.CancelReason, ended.CancelledBy));
        Assert.Equal(new TaskError("DEBOUNCED", $"Task {second} with the debounce key 'doc-1' took its place."), ended.Error);
    }

    [Fact]
    public void The_last_of_one_request_runs()
    {
        var hive = new TestHive();
        var created = hive.CreateAll(Last(), Last(), Last());
        Assert.Equal([TaskState.Cancelled, TaskState.Cancelled, TaskState.Pending], created.Select(t => t.State));
        Assert.Equal(created.Select(t => t.State), created.Select(t => hive.StateOf(t.Id)));
    }

    [Fact]
    public void A_task_that_is_past_its_period_stays_beside_a_new_one()
    {
        var hive = new TestHive();
        var first = hive.CreateAll(Last())[0].Id;
        hive.Advance(TimeSpan.FromSeconds(5));
        var second = hive.CreateAll(Last())[0].Id;
        Assert.Equal([TaskState.Pending, TaskState.Pending], [hive.StateOf(first), hive.StateOf(second)]);
        Assert.Null(hive.Show(first).WaitingFor);
    }

    [Fact]
    public void A_restart_keeps_the_rest_of_the_period()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann");
        var id = hive.CreateAll(Last())[0].Id;
        hive.Advance(TimeSpan.FromSeconds(3));

        hive.Restart();
        ann.Hello();
        Assert.Equal(TaskState.Pending, hive.StateOf(id));
        hive.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(TaskState.Assigned, hive.StateOf(id));
    }

    [Fact]
    public void A_task_in_its_period_can_be_cancelled()
    {
        var hive = new TestHive();
        var id = hive.CreateAll(Last())[0].Id;
        hive.Cancel(id);
        hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TaskState.Cancelled, hive.StateOf(id));
        Assert.Equal(0, hive.State.TaskState.Dispatch.Quiet.Count);
    }

    [Fact]
    public void Keys_that_make_no_sense_together_are_refused()
    {
        var hive = new TestHive();
        Assert.Equal("singleton and debounce exclude each other.", hive.RefusedTask(t => Single() with { Debounce = new("a", 100) }).Message);
        Assert.Equal("debounce.period_ms is 100 to 86400000; it was 0.", hive.RefusedTask(t => Last(0)).Message);
        Assert.Equal("singleton.key is missing.", hive.RefusedTask(t => t with { Singleton = new("") }).Message);
        var other = hive.Create();
        Assert.Equal("debounce and depends_on exclude each other.", hive.RefusedTask(t => Last() with { DependsOn = [other] }).Message);
    }

    [Fact]
    public void The_number_of_rate_limits_in_use_is_bounded_and_known_ones_stay_usable()
    {
        var rates = new RateLimits(new Agenda());
        var keys = new OpenKeys(rates);
        for (var i = 0; i < Limits.MaxRateKeys; i++) rates.Get(RateWindow.IdOf("default", new($"key{i}", 1, 1_000)), $"key{i}");

        Assert.False(keys.TakesRate("default", new("one more", 1, 1_000)));
        Assert.True(keys.TakesRate("default", new("key7", 5, 1_000)));
    }

    [Fact]
    public void A_schedule_takes_neither()
    {
        var spec = new ScheduleSpec { EveryMs = 60_000, Task = Single() };
        Assert.StartsWith(
            "The task of a schedule has no singleton or debounce", new TestHive().Refused(new Core.Schedules.SetSchedule("s", spec) { By = TestHive.User }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_depends_on_one_which_its_own_request_replaces_does_not_wait_for_ever()
    {
        var hive = new TestHive();
        var first = hive.CreateAll(Last())[0].Id;

        var created = hive.CreateAll(Last(), new() { Title = "after", DependsOn = [first], Join = JoinRule.AllEnded }, new() { Title = "only after success", DependsOn = [first] });

        Assert.Equal(TaskState.Cancelled, hive.StateOf(first));
        Assert.Equal(TaskState.Pending, hive.StateOf(created[1].Id));
        Assert.Equal(TaskState.Cancelled, hive.StateOf(created[2].Id));
    }
}
