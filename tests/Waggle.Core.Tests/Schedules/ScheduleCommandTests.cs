using Waggle.Core.Schedules;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Schedules;

public sealed class ScheduleCommandTests
{
    private static readonly ScheduleSpec Hourly = new() { EveryMs = 3_600_000, Task = new() { Title = "work" } };

    private readonly TestHive _hive = new();

    [Fact]
    public void The_same_spec_again_changes_nothing_and_another_one_keeps_the_counts()
    {
        Set(Hourly);
        _hive.Advance(TimeSpan.FromHours(1));
        Set(Hourly with { Task = new() { Title = "work" } });
        Assert.Single(_hive.All.OfType<ScheduleChanged>());

        var changed = Set(Hourly with { EveryMs = 60_000 });
        Assert.Equal((1L, _hive.Now.AddMinutes(1)), (changed.Runs, changed.NextDueAt!.Value));
        Assert.Equal([true, false], _hive.All.OfType<ScheduleChanged>().Select(c => c.Created));
    }

    [Fact]
    public void A_paused_schedule_has_no_runs_and_catches_none_up()
    {
        Set(Hourly);
        Assert.Null(_hive.Ok(new PauseSchedule("s") { By = TestHive.User }).NextDueAt);
        _hive.Advance(TimeSpan.FromHours(5.5));
        Assert.Null(Set(Hourly with { EveryMs = 60_000 }).NextDueAt);
        var resumed = _hive.Ok(new ResumeSchedule("s") { By = TestHive.User });

        Assert.Equal((ScheduleState.Active, 0L, 0L), (resumed.State, resumed.Runs, resumed.TooLate));
        _hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_hive.All.OfType<ScheduleRan>());
    }

    [Fact]
    public void A_run_by_request_keeps_to_the_policy_and_to_the_next_time()
    {
        var next = Set(Hourly).NextDueAt;
        var ran = _hive.Ok(new RunSchedule("s") { By = TestHive.User });
        Assert.Equal((1L, next), (ran.Runs, ran.NextDueAt));
        Assert.Contains(ran.LastTask!, _hive.Refused(new RunSchedule("s") { By = TestHive.User }).Message, StringComparison.Ordinal);

        Set(Hourly with { Overlap = OverlapPolicy.Queue });
        Assert.Equal(1, _hive.Ok(new RunSchedule("s") { By = TestHive.User }).Queued);
    }

    [Fact]
    public void A_paused_schedule_runs_by_request_unless_the_run_would_have_to_wait()
    {
        Set(Hourly with { Overlap = OverlapPolicy.Replace });
        _hive.Ok(new PauseSchedule("s") { By = TestHive.User });
        var task = _hive.Ok(new RunSchedule("s") { By = TestHive.User }).LastTask!;

        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new RunSchedule("s") { By = TestHive.User }).Code);
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
    }

    [Fact]
    public void A_schedule_that_is_set_again_keeps_the_runs_that_wait_and_says_which_one_it_replaced()
    {
        Set(Hourly with { Overlap = OverlapPolicy.Queue, JitterMs = 3_000_000 });
        _hive.Ok(new RunSchedule("s") { By = TestHive.User });
        _hive.Ok(new RunSchedule("s") { By = TestHive.User });
        while (Show().NextRunAt < TestHive.Start.AddHours(1).AddSeconds(2)) Set(Hourly with { Overlap = OverlapPolicy.Queue, JitterMs = 3_000_000 + _hive.Dice.Next(1_000) });
        _hive.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        var set = Set(Hourly with { EveryMs = 60_000, Overlap = OverlapPolicy.Queue });

        Assert.Equal((1, 1L, SkipReason.Replaced), (set.Queued, set.Skipped, _hive.All.OfType<ScheduleSkipped>().Single().Reason));
        Assert.Equal((1, 1L), (Show().Queued, Show().Skipped));
    }

    [Fact]
    public void An_agent_schedules_no_task_that_its_topology_does_not_let_it_create()
    {
        _hive.Worker("lead");
        var member = _hive.Worker("member");
        _hive.Ok(new SetTopology("default", new TopologySpec { Kind = TopologyKind.Star, Leads = ["lead"] }) { By = TestHive.User });
        var toOther = Hourly with { Task = new() { Title = "work", AssignTo = "another" } };
        Assert.Equal(ErrorCodes.NotLinked, _hive.Refused(new SetSchedule("s", toOther) { By = member.Principal }).Code);
        Set(toOther);
        Assert.Equal(ErrorCodes.NotLinked, _hive.Refused(new RunSchedule("s") { By = member.Principal }).Code);
    }

    [Fact]
    public void A_removed_schedule_is_gone_and_its_task_goes_on()
    {
        Set(Hourly);
        var task = _hive.Ok(new RunSchedule("s") { By = TestHive.User }).LastTask!;
        _hive.Ok(new RemoveSchedule("s") { By = TestHive.User });
        _hive.Advance(TimeSpan.FromHours(3));

        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowSchedule("s") { By = TestHive.User }).Code);
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
        _hive.Cancel(task);
        Assert.Equal(0, Set(Hourly).Runs);
    }

    [Fact]
    public void A_principal_of_another_swarm_does_not_reach_it()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        Set(Hourly);
        var other = TestHive.User with { Swarms = new HashSet<string>(["other"]) };
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowSchedule("s") { By = other }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new RemoveSchedule("s") { By = other }).Code);
        var taken = _hive.Refused(new SetSchedule("s", Hourly with { Task = new() { Title = "work", Swarm = "other" } }) { By = other });
        Assert.Equal(ErrorCodes.AlreadyExists, taken.Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new SetSchedule("t", Hourly) { By = other }).Code);
    }

    [Fact]
    public void A_spec_that_is_wrong_is_refused_with_the_field()
    {
        Refused(Hourly with { Cron = "* * * * *" }, "Exactly one of cron, every_ms and run_at");
        Refused(Hourly with { EveryMs = null }, "there were 0");
        Refused(Hourly with { EveryMs = 999 }, "every_ms is 1000 to");
        Refused(Hourly with { CatchUpMs = 9_999 }, "catch_up_ms is 10000 to");
        var large = RawJson.Parse($"\"{new string('x', Limits.MaxScheduleInputBytes)}\"");
        Assert.Equal(ErrorCodes.TooLarge, _hive.Refused(new SetSchedule("s", Hourly with { Task = new() { Title = "x", Input = large } }) { By = TestHive.User }).Code);
        Refused(Hourly with { JitterMs = -1 }, "jitter_ms is 0 to");
        Refused(Hourly with { TimeZone = "Europe/Berlin" }, "time_zone belongs to cron");
        Refused(Hourly with { Task = new() { Title = "" } }, "task: title");
        Refused(Hourly with { Task = new() { Title = "x", DependsOn = ["t1"] } }, "no depends_on");
        Refused(Hourly with { Task = new() { Title = "x", IdempotencyKey = "k" } }, "no depends_on, parent or idempotency_key");
        Refused(Cron("1 2 3"), "cron '1 2 3' is wrong");
        Refused(Cron(""), "cron '' is wrong");
        Refused(Cron(new string('1', 201)), "at most 200");
        Refused(Cron("0 0 30 2 *"), "never runs");
        Refused(Cron("@daily") with { TimeZone = "Mars" }, "time_zone 'Mars'");
        Refused(Hourly with { EveryMs = null, RunAt = TestHive.Start.AddSeconds(-1) }, "is in the past");
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(new SetSchedule("a.b", Hourly) { By = TestHive.User }).Code);
    }

    private static ScheduleSpec Cron(string cron) => new() { Cron = cron, Task = new() { Title = "work" } };

    private void Refused(ScheduleSpec spec, string message)
    {
        var error = _hive.Refused(new SetSchedule("s", spec) { By = TestHive.User });
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private ScheduleView Show() => _hive.Ok(new ShowSchedule("s") { By = TestHive.User });

    private ScheduleView Set(ScheduleSpec spec) => _hive.Ok(new SetSchedule("s", spec) { By = TestHive.User });
}
