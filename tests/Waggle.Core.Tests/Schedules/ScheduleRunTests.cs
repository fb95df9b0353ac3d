using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Schedules;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Schedules;

public sealed class ScheduleRunTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly TestHive _hive = new();

    [Fact]
    public void A_due_schedule_creates_its_task_in_the_name_of_the_subject_that_set_it()
    {
        Set(s => s with { Task = s.Task with { Type = "report" } });
        _hive.Advance(Period);

        var ran = Assert.Single(_hive.All.OfType<ScheduleRan>());
        Assert.Equal((TestHive.Start + Period, RunTrigger.Time), (ran.DueAt, ran.Trigger));
        var task = _hive.Task(ran.Task);
        Assert.Equal(("work", "report", "user"), (task.Spec.Title, task.Spec.Type, task.CreatedBy));
        Assert.Equal((ran.Task, 1L, TestHive.Start + (2 * Period)), (Show().LastTask, Show().Runs, Show().NextDueAt!.Value));
    }

    [Fact]
    public void A_run_is_skipped_while_an_earlier_one_is_open()
    {
        var worker = Set();
        _hive.Advance(3 * Period);
        Assert.Equal((1L, 2L, "an earlier run was open"), (Show().Runs, Show().Skipped, Show().LastProblem));

        worker.Complete();
        _hive.Advance(Period);
        Assert.Equal((2L, 2L, null), (Show().Runs, Show().Skipped, Show().LastProblem));
    }

    [Fact]
    public void A_queued_run_follows_when_the_earlier_one_has_ended()
    {
        var worker = Set(s => s with { Overlap = OverlapPolicy.Queue });
        _hive.Advance(3 * Period);
        Assert.Equal((1L, 2), (Show().Runs, Show().Queued));

        worker.Fail(retryable: false);
        _hive.Advance(TimeSpan.Zero);
        Assert.Equal((2L, 1), (Show().Runs, Show().Queued));
        worker.Complete();
        _hive.Advance(TimeSpan.Zero);
        Assert.Equal((3L, 0), (Show().Runs, Show().Queued));
        Assert.Equal([1, 2, 3], _hive.All.OfType<ScheduleRan>().Select(r => (r.DueAt - TestHive.Start) / Period));
    }

    [Fact]
    public void A_full_queue_takes_no_more_runs()
    {
        Set(s => s with { Overlap = OverlapPolicy.Queue });
        _hive.Advance(105 * Period);
        Assert.Equal((1L, ScheduleRuns.MaxQueued, 4L), (Show().Runs, Show().Queued, Show().Skipped));
    }

    [Fact]
    public void A_run_that_replaces_cancels_the_earlier_one_and_follows_it()
    {
        var worker = Set(s => s with { Overlap = OverlapPolicy.Replace, Task = s.Task with { CancelGraceMs = 3_600_000 } });
        _hive.Advance(2 * Period);
        var first = _hive.All.OfType<ScheduleRan>().Single().Task;
        Assert.Equal((TaskState.Cancelling, 1), (_hive.StateOf(first), Show().Queued));
        _hive.Advance(Period);
        Assert.Equal(1, Show().Queued);

        worker.ConfirmCancelled();
        _hive.Advance(TimeSpan.Zero);
        Assert.Equal((2L, 0), (Show().Runs, Show().Queued));
        Assert.Equal(3, (_hive.All.OfType<ScheduleRan>().Last().DueAt - TestHive.Start) / Period);
    }

    [Fact]
    public void Runs_that_may_overlap_run_side_by_side()
    {
        Set(s => s with { Overlap = OverlapPolicy.Allow });
        _hive.Advance(3 * Period);
        Assert.Equal((3L, 3), (Show().Runs, Show().Running.Count));
    }

    [Fact]
    public void Runs_that_were_due_while_the_hub_was_away_are_caught_up_within_the_window_and_missed_before()
    {
        Set(s => s with { Overlap = OverlapPolicy.Allow, CatchUpMs = 10_000 });
        _hive.Now += 20 * Period;
        _hive.Restart();
        _hive.Advance(TimeSpan.Zero);

        Assert.Equal((6L, 14L), (Show().Runs, Show().TooLate));
        Assert.Equal([15, 16, 17, 18, 19, 20], _hive.All.OfType<ScheduleRan>().Select(r => (r.DueAt - TestHive.Start) / Period));
        Assert.Equal(TestHive.Start + (21 * Period), Show().NextDueAt);
    }

    [Fact]
    public void The_only_run_of_a_time_ends_the_schedule_when_its_task_has_ended()
    {
        var worker = _hive.Worker("w");
        _hive.Ok(new SetSchedule("s", new() { RunAt = TestHive.Start + Period, Task = new() { Title = "work" } }) { By = TestHive.User });
        _hive.Advance(2 * Period);
        Assert.Equal((ScheduleState.Active, 1, null), (Show().State, Show().Running.Count, Show().NextDueAt));

        worker.Complete();
        Assert.Equal(ScheduleState.Ended, Show().State);
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new RunSchedule("s") { By = TestHive.User }).Code);
        _hive.Advance(_hive.Options.TaskRetention + TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_task_that_the_hub_refuses_is_a_skipped_run_with_the_reason()
    {
        Set();
        _hive.Swarm(SwarmState.Stopped);
        _hive.Advance(Period);
        Assert.Equal((0L, 1L), (Show().Runs, Show().Skipped));
        Assert.StartsWith(ErrorCodes.SwarmStopped, Show().LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_delay_is_random_within_its_bound_and_changes_no_later_time()
    {
        Set(s => s with { JitterMs = 1_000, Overlap = OverlapPolicy.Allow });
        for (var i = 1; i <= 20; i++)
        {
            var view = Show();
            Assert.Equal(TestHive.Start + (i * Period), view.NextDueAt);
            Assert.InRange(view.NextRunAt!.Value - view.NextDueAt!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            _hive.Advance(view.NextRunAt!.Value - _hive.Now);
        }

        Assert.True(_hive.All.OfType<ScheduleRecord>().Select(r => r.NextRunAt - r.NextDueAt).Distinct().Count() > 10);
    }

    [Fact]
    public void No_time_runs_twice_over_restarts_and_failed_commits()
    {
        Set(s => s with { Overlap = OverlapPolicy.Allow });
        for (var i = 0; i < 30; i++)
        {
            if (i % 3 == 0) _hive.Store.FailNextCommit();
            _hive.Advance(Period * 0.67);
            if (i % 4 == 0) _hive.Restart();
        }

        var due = _hive.All.OfType<ScheduleRan>().Select(r => r.DueAt).ToArray();
        Assert.Equal(due.Distinct().Order(), due);
        Assert.Equal(Show().Runs, due.Length);
        Assert.Equal(20, due.Length);
    }

    [Fact]
    public void A_delay_that_is_longer_than_the_period_ends_at_the_next_time()
    {
        Set(s => s with { JitterMs = 3_600_000, Overlap = OverlapPolicy.Allow });
        _hive.Advance(50 * Period);
        Assert.InRange(Show().Runs, 49, 50);
        Assert.Equal((0L, 0L), (Show().Skipped, Show().TooLate));
        Assert.All(_hive.All.OfType<ScheduleRecord>(), r => Assert.InRange(r.NextRunAt!.Value - r.NextDueAt!.Value, TimeSpan.Zero, Period));
    }

    [Fact]
    public void A_due_run_waits_while_the_store_has_no_room()
    {
        Set(s => s with { Overlap = OverlapPolicy.Queue });
        _hive.Engine.Full = true;
        _hive.Advance(2 * Period);
        Assert.Empty(_hive.All.OfType<ScheduleRan>());

        _hive.Engine.Full = false;
        _hive.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1L, 1), (Show().Runs, Show().Queued));
    }

    [Fact]
    public void A_schedule_whose_time_zone_this_machine_does_not_know_is_paused_with_the_reason()
    {
        Set();
        var spec = new ScheduleSpec { Cron = "@daily", TimeZone = "Mars", Task = new() { Title = "work" } };
        var due = TestHive.Start + Period;
        _hive.Do(new Emit(new ScheduleChanged { Schedule = "s", Swarm = "default", Spec = spec, Created = false, SetBy = "ann", NextDueAt = due, NextRunAt = due }) { By = TestHive.User });
        _hive.Advance(Period);

        Assert.Equal((ScheduleState.Paused, 0L), (Show().State, Show().Runs));
        Assert.Contains("time_zone 'Mars'", Show().LastProblem, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(new ResumeSchedule("s") { By = TestHive.User }).Code);
    }

    // A worker of one slot, and a schedule with a period.
    private TestWorker Set(Func<ScheduleSpec, ScheduleSpec>? with = null)
    {
        var worker = _hive.Worker("w");
        var spec = new ScheduleSpec { EveryMs = 2_000, Task = new() { Title = "work", LeaseMs = 86_400_000 } };
        _hive.Ok(new SetSchedule("s", (with ?? (s => s))(spec)) { By = TestHive.User });
        return worker;
    }

    /// <summary>A record as another machine wrote it.</summary>
    private sealed record Emit(ScheduleRecord Record) : Command<NoResult>
    {
        public override string Right => Permissions.WriteTasks;

        public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.OfRecords(Record);
    }

    private ScheduleView Show() => _hive.Ok(new ShowSchedule("s") { By = TestHive.User });
}
