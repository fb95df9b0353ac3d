using Waggle.Core.Ports;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class AssignedDependenciesTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_worker_gets_what_its_task_waited_for_with_the_results_in_the_order_of_the_spec()
    {
        var worker = _hive.Worker("a1", slots: 2);
        var (first, second) = (_hive.Create(), _hive.Create());
        var task = _hive.Create(with: s => s with { DependsOn = [second, first] });
        worker.Complete(worker.LeaseOn(first), "1");
        worker.Complete(worker.LeaseOn(second), "\"two\"");

        Assert.Equal(task, worker.Lease.Task);
        Assert.Equal(
            [(second, TaskState.Completed, "\"two\""), (first, TaskState.Completed, "1")],
            worker.Link.Dependencies!.Select(d => (d.Task, d.State!.Value, d.Result.ToString())));
    }

    [Fact]
    public void What_ended_long_ago_is_read_from_the_store_also_for_the_next_attempt_after_a_restart()
    {
        var worker = _hive.Worker("a1");
        var first = _hive.Create();
        worker.Complete(result: "1");
        _hive.Restart();
        worker = _hive.Worker("a1");

        _hive.Create(with: s => s with { DependsOn = [first] });

        Assert.Equal("1", Assert.Single(worker.Link.Dependencies!).Result.ToString());
        worker.Release();
        Assert.Equal("1", Assert.Single(worker.Link.Dependencies!).Result.ToString());
    }

    [Fact]
    public void One_that_failed_is_there_with_its_error_where_the_task_waits_for_any_end()
    {
        var worker = _hive.Worker("a1");
        var first = _hive.Create();
        _hive.Create(with: s => s with { DependsOn = [first], Join = JoinRule.AllEnded });
        worker.Fail(retryable: false);

        var dependency = Assert.Single(worker.Link.Dependencies!);
        Assert.Equal((TaskState.Failed, "BOOM", true), (dependency.State, dependency.Error!.Code, dependency.Result.IsNull));
    }

    [Fact]
    public void A_task_that_waited_for_none_has_none()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();

        Assert.Null(worker.Link.Dependencies);
    }

    [Fact]
    public void Results_beyond_the_room_of_an_assignment_are_left_out_and_said_to_be()
    {
        var worker = _hive.Worker("a1", slots: 20);
        var ids = Enumerable.Range(0, 10).Select(_ => _hive.Create()).ToArray();
        foreach (var id in ids) worker.Complete(worker.LeaseOn(id), $"\"{new string('x', 32_000)}\"");

        _hive.Create(with: s => s with { DependsOn = ids });

        var given = worker.Link.Dependencies!;
        Assert.Equal(ids, given.Select(d => d.Task));
        Assert.Equal(Limits.MaxAssignedResultBytes / 32_002, given.Count(d => !d.Omitted));
        Assert.All(given, d => Assert.Equal(d.Omitted, d.Result.IsNull));
    }

    [Fact]
    public void A_store_that_cannot_be_read_costs_the_results_and_not_the_assignment()
    {
        var worker = _hive.Worker("a1");
        var first = _hive.Create();
        worker.Complete(result: "1");
        _hive.Create(with: s => s with { DependsOn = [first] });
        worker.Credit(0);
        worker.Release();
        _hive.Store.OnRead = () => throw new StoreException("The disk is gone.");
        worker.Credit(1);

        Assert.Equal((first, null, true), Assert.Single(worker.Link.Dependencies!) is var d ? (d.Task, d.State, d.Omitted) : default);
    }
}
