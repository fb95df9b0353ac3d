using System.Text;
using Waggle.Core.Insight;
using Waggle.Core.Ports;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Insight;

public class TaskTotalsTests
{
    private readonly TestHive _hive = new();

    private TaskTotals? Totals => _hive.Ok<HiveOverview>(new ShowOverview { By = TestHive.User }).Ended;

    [Fact]
    public void They_count_tasks_by_how_they_ended_and_not_attempts()
    {
        Assert.Equal(new TaskTotals(), Totals);
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Complete();
        var failing = _hive.Create(with: s => s with { MaxAttempts = 3 });
        for (var i = 0; i < 3; i++)
        {
            worker.Fail(after: TimeSpan.FromSeconds(1));
            _hive.Advance(TimeSpan.FromSeconds(2));
            worker.Renew();
        }

        Assert.Equal(Waggle.Protocol.Model.TaskState.Failed, _hive.StateOf(failing));
        _hive.Drain("a1");
        _hive.Cancel(_hive.Create());
        _hive.Create(with: s => s with { ScheduleToStartMs = 1000 });
        _hive.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new TaskTotals { Completed = 1, Failed = 1, Cancelled = 1, Expired = 1 }, Totals);
    }

    [Fact]
    public void They_do_not_fall_when_an_agent_is_removed_a_day_passes_or_the_hub_restarts()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 5; i++)
        {
            _hive.Create();
            worker.Complete();
        }

        _hive.Remove("a1");
        Assert.Equal(5, Totals!.Completed);
        _hive.Now += TimeSpan.FromDays(2);
        _hive.Cancel(_hive.Create());
        _hive.Restart();
        Assert.Equal(new TaskTotals { Completed = 5, Cancelled = 1 }, Totals);
        Assert.Equal(0, _hive.Ok<HiveOverview>(new ShowOverview { By = TestHive.User }).CompletedToday);
    }

    [Fact]
    public async Task A_hive_from_before_they_were_kept_begins_with_the_tasks_that_its_store_has()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 3; i++)
        {
            _hive.Create();
            worker.Complete();
        }

        var old = new StoredEntity(TaskDay.Entity.Name, TaskDay.OnlyId, 1, null, [], Encoding.UTF8.GetBytes("""{"v":1,"day":"2026-03-01","completed":3}"""));
        await _hive.Store.CommitAsync(_hive.Tenure, new CommitBatch([old], _hive.Tenure.Head, default, _hive.Now), default);
        _hive.Restart();
        Assert.Equal(new TaskTotals { Completed = 3 }, Totals);
        _hive.Cancel(_hive.Create());
        _hive.Restart();
        Assert.Equal(new TaskTotals { Completed = 3, Cancelled = 1 }, Totals);
    }

    [Fact]
    public void Who_sees_some_swarms_only_is_given_none()
    {
        var limited = TestHive.User with { Swarms = new HashSet<string> { "default" } };
        Assert.Null(_hive.Ok<HiveOverview>(new ShowOverview { By = limited }).Ended);
    }
}
