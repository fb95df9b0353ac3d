using Waggle.Core.Access;
using Waggle.Core.Durations;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Durations;

public class EstimateTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void The_sixth_assignment_has_what_five_attempts_took_and_the_fifth_has_nothing()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 4; i++) Work(worker, "review", 2);
        Assert.Null(Assigned("review").Estimate);
        _hive.Now += TimeSpan.FromSeconds(2);
        worker.Complete();
        var assigned = Assigned("review");
        Assert.Equal(new(2000, 2000, 5), assigned.Estimate);
        worker.Complete();
        var task = _hive.Task(assigned.Task)!;
        Assert.Equal(assigned.Estimate, task.Lease!.Estimate);
        Assert.Equal(assigned.Estimate, _hive.All.OfType<TaskAssigned>().Last().Estimate);
    }

    [Fact]
    public void Each_agent_and_each_type_has_an_estimate_of_its_own()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 5; i++) Work(worker, "review", 2);
        for (var i = 0; i < 5; i++) Work(worker, null, 9);
        Assert.Equal(2000, Assigned("review").Estimate!.P50Ms);
        worker.Complete();
        Assert.Equal(9000, Assigned(null).Estimate!.P50Ms);
        worker.Complete();
        Assert.Null(Assigned("build").Estimate);
        worker.Complete();
        _hive.Worker("a2");
        _hive.Remove("a1");
        Assert.Null(Assigned("review").Estimate);
    }

    [Fact]
    public void Only_completed_attempts_count()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 6; i++)
        {
            _hive.Create(with: s => s with { Type = "review", MaxAttempts = 1 });
            worker.Start();
            worker.Fail();
        }

        Assert.Null(Assigned("review").Estimate);
    }

    [Fact]
    public void The_estimate_outlives_a_restart()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 5; i++) Work(worker, "review", 2);
        _hive.Restart();
        worker.Hello();
        Assert.Equal(new(2000, 2000, 5), Assigned("review").Estimate);
    }

    [Fact]
    public void The_progress_and_the_view_say_what_remains_and_say_nothing_without_a_basis()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 5; i++) Work(worker, "review", 8);
        var task = Assigned("review").Task;
        worker.Start();
        _hive.Now += TimeSpan.FromSeconds(2);
        Assert.Equal(6000, _hive.Show(task).RemainingMs);
        worker.Progress(0.75);
        Assert.Equal(2000, _hive.All.OfType<TaskProgressed>().Last().RemainingMs);
        Assert.Equal(2000, _hive.Show(task).RemainingMs);
        _hive.Now += TimeSpan.FromSeconds(7);
        Assert.Null(_hive.Show(task).RemainingMs);
        worker.Progress(0.9);
        Assert.Null(_hive.All.OfType<TaskProgressed>().Last().RemainingMs);
        worker.Complete();
        Assert.Null(_hive.Show(task).RemainingMs);
        var other = Assigned("build").Task;
        worker.Progress(0.5);
        Assert.Null(_hive.All.OfType<TaskProgressed>().Last().RemainingMs);
        Assert.Null(_hive.Show(other).RemainingMs);
    }

    [Fact]
    public void The_durations_of_an_agent_end_with_it()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 5; i++) Work(worker, "review", 2);
        _hive.Remove("a1");
        _hive.Restart();
        _hive.Worker("a1");
        Assert.Null(Assigned("review").Estimate);
    }

    [Fact]
    public void An_agent_has_the_durations_of_the_types_that_it_worked_on_last()
    {
        var worker = _hive.Worker("a1");
        for (var type = 0; type <= DurationState.MostTypes; type++)
        {
            for (var i = 0; i < 5; i++) Work(worker, $"type-{type}", 1);
            if (type > 0) Work(worker, "type-0", 1);
        }

        _hive.Restart();
        worker.Hello();
        Assert.NotNull(Assigned("type-0").Estimate);
        worker.Complete();
        Assert.NotNull(Assigned("type-2").Estimate);
        worker.Complete();
        Assert.Null(Assigned("type-1").Estimate);
    }

    [Fact]
    public void A_principal_of_another_swarm_sees_no_durations()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 5; i++) Work(worker, "review", 2);
        var view = new ReachableView(_hive.State.Context, TestHive.User with { Swarms = new HashSet<string> { "other" } });
        Assert.Null(view.View<IDurationView>().Durations("a1", "review"));
        Assert.NotNull(_hive.State.View<IDurationView>().Durations("a1", "review"));
    }

    private void Work(TestWorker worker, string? type, int seconds)
    {
        _hive.Create(with: s => s with { Type = type });
        worker.Start();
        _hive.Now += TimeSpan.FromSeconds(seconds);
        worker.Complete();
    }

    private TaskAssigned Assigned(string? type)
    {
        var task = _hive.Create(with: s => s with { Type = type });
        return _hive.All.OfType<TaskAssigned>().Single(a => a.Task == task);
    }
}
