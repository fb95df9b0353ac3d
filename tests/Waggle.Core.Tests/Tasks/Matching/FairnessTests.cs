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
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_hold_at_agents_that_are_slow_beside_others_that_are_fast(bool rival)
    {
        var hive = new TestHive();
        Dictionary<string, double> gpu = new() { ["gpu"] = 1 }, cpu = new() { ["cpu"] = 1 };
        hive.CreateAll([.. Flood(600, "fast").Select(t => t with { Requires = gpu })]);
        if (rival) hive.CreateAll([.. Flood(600, "also fast").Select(t => t with { Requires = gpu })]);
        hive.CreateAll([.. Flood(60, "one").Concat(Flood(60, "four", 4)).Select(t => t with { Requires = cpu })]);
        var (quick, slow) = (hive.Worker("quick", can: gpu), hive.Worker("slow", can: cpu));
        var served = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            Served(hive, quick, 10);
            served.AddRange(Served(hive, slow, 1));
        }

        Assert.Equal(40, served.Count(t => t == "four"), 4.0);
    }

    [Fact]
    public void Weights_hold_behind_a_limit_that_is_reached_while_other_keys_are_served()
    {
        var hive = new TestHive();
        hive.CreateAll([.. Flood(450, "fast"), .. Flood(450, "also fast")]);
        hive.CreateAll([.. Flood(60, "one").Concat(Flood(60, "four", 4)).Select(t => t with { Concurrency = new("repo-7", 1) })]);
        var worker = hive.Worker("ann", slots: 2);
        var served = new List<string>();
        while (served.Count < 50)
        {
            var held = hive.State.Presence(worker.Id)!.Holding.Select(hive.Task).ToArray();
            var limited = held.SingleOrDefault(t => t.Spec.Concurrency is not null);
            for (var i = 0; i < 5; i++)
            {
                var other = hive.State.Presence(worker.Id)!.Holding.Select(hive.Task).First(t => t.Spec.Concurrency is null);
                worker.Complete(worker.LeaseOn(other.Id));
            }

            if (limited is null) continue;
            served.Add(limited.Spec.Title);
            worker.Complete(worker.LeaseOn(limited.Id));
        }

        Assert.Equal(40, served.Count(t => t == "four"), 4.0);
    }

    [Fact]
    public void A_key_that_used_other_agents_much_does_not_wait_long_for_these()
    {
        var hive = new TestHive();
        Dictionary<string, double> gpu = new() { ["gpu"] = 1 }, cpu = new() { ["cpu"] = 1 };
        hive.CreateAll([.. Flood(200, "fast").Concat(Flood(200, "also fast")).Select(t => t with { Requires = gpu })]);
        hive.CreateAll([.. Flood(60, "one").Concat(Flood(60, "two")).Select(t => t with { Requires = cpu })]);
        var (quick, slow) = (hive.Worker("quick", can: gpu), hive.Worker("slow", can: cpu));
        Served(hive, quick, 399);
        quick.Complete();
        Served(hive, slow, 4);

        hive.CreateAll([.. Flood(60, "fast").Select(t => t with { Requires = cpu })]);

        Assert.Equal(10, Served(hive, slow, 30).Count(t => t == "fast"), 1.0);
    }

    [Fact]
    public void A_key_whose_limit_was_reached_gets_no_arrears()
    {
        var hive = new TestHive();
        var (ann, bob) = (hive.Worker("ann"), hive.Worker("bob", can: new() { ["hold"] = 1 }));
        hive.CreateAll(Flood(1, "long")[0] with { AssignTo = "bob", Concurrency = new("repo-7", 1) });
        hive.CreateAll([.. Flood(300, "fast").Concat(Flood(300, "also fast")).Select(t => t with { AssignTo = "ann" })]);
        hive.CreateAll([.. Flood(100, "limited").Select(t => t with { AssignTo = "ann", Concurrency = new("repo-7", 1) })]);
        Served(hive, ann, 200);
        bob.Complete();

        Assert.Equal(10, Served(hive, ann, 30).Count(t => t == "limited"), 1.0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1000.1)]
    [InlineData(double.NaN)]
    public void A_wrong_weight_is_refused(double weight) => Assert.StartsWith(
        "fairness.weight is 0.001 to 1000; it was ", new TestHive().RefusedTask(t => t with { Fairness = new("key", weight) }).Message, StringComparison.Ordinal);
}
