using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

/// <summary>At most so many tasks of a key are assigned in a period, also over a restart.</summary>
public class RateWindowTests
{
    private static TaskSpec Of(int limit, long perMs = 60_000, string key = "api") => new() { Title = "task", Rate = new(key, limit, perMs) };

    private static int Assigned(TestHive hive) => hive.All.OfType<TaskAssigned>().Count();

    [Fact]
    public void Only_as_many_tasks_as_the_limit_are_assigned_in_a_period_and_the_others_say_until_when_they_wait()
    {
        var hive = new TestHive();
        hive.Worker("ann", slots: 10);
        var ids = hive.CreateAll([.. Enumerable.Range(0, 5).Select(_ => Of(2))]).Select(t => t.Id).ToArray();

        Assert.Equal(2, Assigned(hive));
        Assert.Equal("rate:api (2 of 2 in 60000 ms, until 2026-03-01T12:01:00.000Z)", hive.Show(ids[4]).WaitingFor);
        Assert.Equal(3, hive.State.Pending.Limited);
    }

    [Fact]
    public void The_next_period_begins_with_the_first_assignment_after_the_last_one()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann", slots: 10);
        hive.CreateAll([.. Enumerable.Range(0, 3).Select(_ => Of(2, perMs: 5_000))]);

        hive.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.Equal(2, Assigned(hive));
        hive.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, Assigned(hive));

        hive.Advance(TimeSpan.FromSeconds(7));
        hive.CreateAll([.. Enumerable.Range(0, 3).Select(_ => Of(2, perMs: 5_000))]);
        Assert.Equal(5, Assigned(hive));
    }

    [Fact]
    public void A_restart_grants_no_second_time()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann", slots: 10);
        var ids = hive.CreateAll([.. Enumerable.Range(0, 4).Select(_ => Of(3))]).Select(t => t.Id).ToArray();
        var held = ids[..3].Select(ann.LeaseOn).ToArray();
        foreach (var lease in held) ann.Complete(lease);

        hive.Restart();
        ann.Hello(slots: 10);

        Assert.Equal(3, Assigned(hive));
        Assert.StartsWith("rate:api (3 of 3 in ", hive.Show(ids[3]).WaitingFor, StringComparison.Ordinal);
        hive.Advance(TimeSpan.FromMinutes(1));
        ann.Hello(slots: 10);
        Assert.Equal(4, Assigned(hive));
    }

    [Fact]
    public void A_commit_that_fails_takes_the_count_back()
    {
        var hive = new TestHive();
        hive.Worker("ann", slots: 10);
        hive.Store.FailNextCommit(null);
        Assert.Null(hive.Turn(new CreateTasks([Of(1)]) { By = TestHive.User }));
        hive.Worker("ann", slots: 10);

        var id = hive.CreateAll(Of(1))[0].Id;

        Assert.Equal(TaskState.Assigned, hive.StateOf(id));
    }

    [Fact]
    public void Periods_of_different_lengths_are_different_limits()
    {
        var hive = new TestHive();
        hive.Worker("ann", slots: 10);

        hive.CreateAll(Of(1), Of(1), Of(1, perMs: 1_000), Of(1, key: "other"));

        Assert.Equal(3, Assigned(hive));
    }

    [Fact]
    public void A_key_is_forgotten_after_its_period()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann", slots: 10);
        var id = hive.CreateAll(Of(1))[0].Id;
        ann.Complete(ann.LeaseOn(id));
        Assert.Equal(1, hive.State.TaskState.Dispatch.Limits.Rates.Count);

        hive.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, hive.State.TaskState.Dispatch.Limits.Rates.Count);
    }

    [Theory]
    [InlineData(0, 1_000, "rate.limit is 1 to 1000000; it was 0.")]
    [InlineData(-3, 1_000, "rate.limit is 1 to 1000000; it was -3.")]
    [InlineData(1, 99, "rate.per_ms is 100 to 2592000000; it was 99.")]
    [InlineData(1, -1, "rate.per_ms is 100 to 2592000000; it was -1.")]
    public void A_wrong_rate_is_refused(int limit, long perMs, string message) =>
        Assert.Equal(message, new TestHive().RefusedTask(t => t with { Rate = new("api", limit, perMs) }).Message);
}
