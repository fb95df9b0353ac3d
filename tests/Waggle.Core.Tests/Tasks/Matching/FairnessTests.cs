using Waggle.Core.Agents;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks.Matching;

/// <summary>The keys of a swarm share its agents by their weights, however many tasks of each wait.</summary>
public class FairnessTests
{
    private static TaskSpec[] Flood(int count, string? key, double? weight = null) =>
        [.. Enumerable.Range(0, count).Select(_ => new TaskSpec { Title = key ?? "none", Fairness = key is null ? null : new(key, weight) })];

    // One worker of one slot takes the first task again and again.
    private static List<string> Served(TestHive hive, TestWorker worker, int count)
    {
        var titles = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var task = hive.Task(hive.State.Presence(worker.Id)!.Holding.Single());
            titles.Add(task.Spec.Title);
            worker.Complete(worker.LeaseOn(task.Id));
        }

        return titles;
    }

    [Fact]
    public void A_key_with_ten_tasks_does_not_wait_for_a_flood_that_came_before_it()
    {
        var hive = new TestHive();
        hive.CreateAll(Flood(300, "flood"));
        hive.Now += TimeSpan.FromMinutes(10);
        hive.CreateAll(Flood(10, "small"));
        var worker = hive.Worker("ann");

        var served = Served(hive, worker, 20);

        Assert.Equal(10, served.Count(t => t == "small"));
    }

    [Fact]
    public void Keys_share_by_their_weights()
    {
        var hive = new TestHive();
        hive.CreateAll([.. Flood(100, "one"), .. Flood(100, "three", 3)]);
        var worker = hive.Worker("ann");

        var served = Served(hive, worker, 80);

        Assert.Equal(60, served.Count(t => t == "three"), 1.0);
    }

    [Fact]
    public void Tasks_without_a_key_share_as_one_key()
    {
        var hive = new TestHive();
        hive.CreateAll([.. Flood(100, null), .. Flood(100, "user")]);
        var worker = hive.Worker("ann");

        Assert.Equal(20, Served(hive, worker, 40).Count(t => t == "user"), 1.0);
    }

    [Fact]
    public void A_key_that_was_away_gets_no_arrears()
    {
        var hive = new TestHive();
        hive.CreateAll([.. Flood(200, "busy"), .. Flood(200, "also busy")]);
        var worker = hive.Worker("ann");
        Served(hive, worker, 100);
        hive.CreateAll(Flood(100, "late"));

        var served = Served(hive, worker, 30);

        Assert.Equal(10, served.Count(t => t == "late"), 1.0);
    }

    [Fact]
    public void A_key_with_one_task_at_a_time_gets_no_more_than_its_share()
    {
        var hive = new TestHive();
        hive.CreateAll(Flood(200, "flood"));
        hive.CreateAll(Flood(1, "one"));
        var worker = hive.Worker("ann");
        var ones = 0;
        for (var i = 0; i < 60; i++)
        {
            if (Served(hive, worker, 1)[0] != "one") continue;
            ones++;
            hive.CreateAll(Flood(1, "one"));
        }

        Assert.InRange(ones, 19, 31);
    }

    [Fact]
    public void A_key_shares_the_agents_also_with_tasks_that_require_something_else()
    {
        var hive = new TestHive();
        hive.CreateAll(Flood(100, "flood"));
        hive.CreateAll([.. Flood(20, "small").Select(t => t with { Type = "check", Requires = new Dictionary<string, double> { ["code"] = 0.5 } })]);
        var worker = hive.Worker("ann", can: new() { ["code"] = 0.9 });

        Assert.Equal(10, Served(hive, worker, 20).Count(t => t == "small"), 1.0);
    }

    [Fact]
    public void Priorities_order_the_tasks_of_one_key_and_give_it_no_larger_share()
    {
        var hive = new TestHive();
        hive.CreateAll([.. Flood(50, "urgent").Select(t => t with { Priority = 1 }), .. Flood(50, "calm").Select(t => t with { Priority = 5 })]);
        hive.CreateAll([.. Flood(1, "calm").Select(t => t with { Title = "calm first", Priority = 1 })]);
        var worker = hive.Worker("ann");

        var served = Served(hive, worker, 20);

        Assert.Equal(10, served.Count(t => t == "urgent"), 1.0);
        Assert.Contains("calm first", served[..3]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1000.1)]
    [InlineData(double.NaN)]
    public void A_wrong_weight_is_refused(double weight) => Assert.StartsWith(
        "fairness.weight is 0.001 to 1000; it was ", new TestHive().RefusedTask(t => t with { Fairness = new("key", weight) }).Message, StringComparison.Ordinal);
}
