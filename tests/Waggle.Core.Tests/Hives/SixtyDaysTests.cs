using Waggle.Core.Kernel;
using Waggle.Core.Schedules;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Core.Tests.Workflows;
using Waggle.Core.Workflows;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

/// <summary>Sixty days on the hive's clock, which pass in a moment: timer by timer, and in one jump.</summary>
public sealed class SixtyDaysTests
{
    private static readonly TimeSpan SixtyDays = TimeSpan.FromDays(60);

    private readonly FlowHive _flow = new();

    // From 1 March to 30 April: Berlin sets its clocks forward on 29 March.
    [Theory]
    [InlineData("0 * * * *", 60 * 24)]
    [InlineData("30 2 * * *", 60)]
    public void A_schedule_runs_each_time_once_over_a_change_to_daylight_saving_time(string cron, int runs)
    {
        Set(cron);
        for (var day = 0; day < 60; day++)
        {
            _flow.Hive.Advance(TimeSpan.FromDays(1));
            foreach (var task in _flow.Hive.State.Tasks.ToArray()) _flow.Hive.Ok(new CancelTask(task.Id, null, Force: true) { By = TestHive.User });
        }

        var due = _flow.Hive.All.OfType<ScheduleRan>().Select(r => r.DueAt).ToArray();
        Assert.Equal((runs, runs), (due.Length, due.Distinct().Count()));
        Assert.Equal(due.Order(), due);
        Assert.Empty(_flow.Hive.All.OfType<ScheduleSkipped>());
    }

    [Fact]
    public void A_schedule_over_a_jump_of_the_clock_runs_what_is_within_its_window_and_nothing_twice()
    {
        Set("0 * * * *");
        _flow.Hive.Late(SixtyDays);
        _flow.Hive.Advance(TimeSpan.FromHours(2));

        Assert.Equal([SixtyDays, SixtyDays + TimeSpan.FromHours(1), SixtyDays + TimeSpan.FromHours(2)], _flow.Hive.All.OfType<ScheduleRan>().Select(r => r.DueAt - TestHive.Start));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Timers_signals_and_limits_of_runs_hold_for_weeks(bool jump)
    {
        _flow.Define("""{"id":"long","timeout_ms":7776000000,"steps":[{"id":"wait","timer":{"delay_ms":5097600000}},{"id":"after","depends_on":["wait"],"timer":{"delay_ms":1}}]}""");
        _flow.Define("""{"id":"month","steps":[{"id":"ok","signal":{"name":"go"}}]}""");
        _flow.Define("""{"id":"signal","timeout_ms":7776000000,"steps":[{"id":"ok","signal":{"name":"go","timeout_ms":2592000000}}]}""");
        var (wait, month, signal) = (_flow.Start("long").Id, _flow.Start("month").Id, _flow.Start("signal").Id);
        if (jump) _flow.Hive.Late(SixtyDays);
        else _flow.Hive.Advance(SixtyDays);
        _flow.Settle();
        _flow.Hive.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(WorkflowRunState.Completed, _flow.StateOf(wait));
        Assert.Equal((WorkflowRunState.Failed, "EXPIRED"), (_flow.StateOf(month), _flow.Run(month).Error!.Code));
        Assert.Equal((WorkflowRunState.Failed, "SIGNAL_TIMEOUT"), (_flow.StateOf(signal), _flow.Run(signal).Error!.Code));
        if (jump) return;
        Assert.Equal(TimeSpan.FromDays(59), _flow.Stored(wait).Single(s => s.Step == "wait").EndedAt - TestHive.Start);
        Assert.Equal(TimeSpan.FromDays(30), _flow.Run(month).EndedAt - TestHive.Start);
    }

    [Fact]
    public async Task What_ended_before_the_retention_is_deleted_and_what_is_open_stays()
    {
        var options = new HiveOptions { TaskRetention = TimeSpan.FromDays(7), WorkflowRetention = TimeSpan.FromDays(30), LogRetention = TimeSpan.FromDays(7) };
        await using var hive = await RunningHive.StartAsync(options);
        foreach (var (id, timeout) in ((string, long)[])[("short", 1000), ("long", 7_776_000_000)])
        {
            var text = $$$"""{"id":"{{{id}}}","timeout_ms":{{{timeout}}},"steps":[{"id":"ok","signal":{"name":"go"}}]}""";
            Assert.Null((await hive.Ask(new DefineWorkflow(RawJson.Parse(text)) { By = TestHive.User })).Error);
            Assert.Null((await hive.Ask(new StartRun(new() { Workflow = id }) { By = TestHive.User })).Error);
        }

        await hive.Time.AdvanceUntilAsync(() => Of("workflow_run").Count(r => r.ClosedAt is not null) == 1, TimeSpan.FromSeconds(1), "the end of the short run");
        hive.Time.Advance(SixtyDays);
        await hive.Time.AdvanceUntilAsync(
            () => Of("workflow_run").Count() == 1 && Of("workflow_step").Count() == 1 && Of("workflow_input").Count() == 1,
            TimeSpan.FromMinutes(1), "the end of the ended run, its steps and its input");
        Assert.Null(Of("workflow_run").Single().ClosedAt);
        Assert.Equal(2, Of("workflow_definition").Count());

        IEnumerable<Waggle.Core.Ports.StoredEntity> Of(string kind) => hive.Store.Entities().Where(e => e.Kind == kind);
    }

    private void Set(string cron)
    {
        var spec = new ScheduleSpec { Cron = cron, TimeZone = "Europe/Berlin", Overlap = OverlapPolicy.Allow, Task = new() { Title = "work" } };
        _flow.Hive.Ok(new SetSchedule("s", spec) { By = TestHive.User });
    }
}
