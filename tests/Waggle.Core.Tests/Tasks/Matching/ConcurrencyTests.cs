using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks.Matching;

/// <summary>At most so many tasks of a key are held at a time. <see cref="StateRules"/> checks this after every turn of every test.</summary>
public class ConcurrencyTests
{
    private static TaskSpec Of(string key, int limit, string title = "task") => new() { Title = title, Concurrency = new(key, limit) };

    [Fact]
    public void Only_as_many_tasks_of_a_key_as_its_limit_are_assigned_and_the_others_say_what_they_wait_for()
    {
        var hive = new TestHive();
        hive.Worker("ann", slots: 5);
        var ids = hive.CreateAll([.. Enumerable.Range(0, 5).Select(_ => Of("repo-7", 3))]).Select(t => t.Id).ToArray();

        Assert.Equal([TaskState.Assigned, TaskState.Assigned, TaskState.Assigned, TaskState.Pending, TaskState.Pending], ids.Select(hive.StateOf));
        Assert.Equal("concurrency:repo-7 (3 of 3)", hive.Show(ids[3]).WaitingFor);
        Assert.Null(hive.Show(ids[0]).WaitingFor);
        Assert.Equal(2, hive.State.Pending.Limited);
    }

    [Fact]
    public void The_next_task_of_a_key_is_assigned_when_one_ends_and_other_keys_do_not_wait()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann", slots: 5);
        var first = hive.CreateAll(Of("repo-7", 1))[0].Id;
        var second = hive.CreateAll(Of("repo-7", 1))[0].Id;
        var other = hive.CreateAll(Of("repo-8", 1))[0].Id;
        Assert.Equal((TaskState.Pending, TaskState.Assigned), (hive.StateOf(second), hive.StateOf(other)));

        ann.Complete(ann.LeaseOn(first));

        Assert.Equal(TaskState.Assigned, hive.StateOf(second));
    }

    [Fact]
    public void Keys_of_two_swarms_are_two_keys()
    {
        var hive = new TestHive();
        hive.Do(new Core.Swarms.CreateSwarm("Second", "s2") { By = TestHive.User });
        hive.Worker("ann");
        hive.Worker("bob", swarm: "s2");

        var ids = hive.CreateAll(Of("repo-7", 1), Of("repo-7", 1) with { Swarm = "s2" }).Select(t => t.Id);

        Assert.All(ids, id => Assert.Equal(TaskState.Assigned, hive.StateOf(id)));
    }

    [Fact]
    public void Each_task_counts_against_the_limit_that_it_names_itself()
    {
        var hive = new TestHive();
        hive.Worker("ann", slots: 5);

        var ids = hive.CreateAll(Of("repo-7", 2), Of("repo-7", 1), Of("repo-7", 2), Of("repo-7", 2)).Select(t => t.Id).ToArray();

        Assert.Equal([TaskState.Assigned, TaskState.Pending, TaskState.Assigned, TaskState.Pending], ids.Select(hive.StateOf));
        Assert.Equal("concurrency:repo-7 (2 of 1)", hive.Show(ids[1]).WaitingFor);
    }

    [Fact]
    public void A_task_that_no_agent_fits_does_not_block_the_others_of_its_key()
    {
        var hive = new TestHive();
        hive.Worker("ann", slots: 5);

        var ids = hive.CreateAll(Of("repo-7", 1) with { Requires = new Dictionary<string, double> { ["painting"] = 0.5 } }, Of("repo-7", 1)).Select(t => t.Id).ToArray();

        Assert.Equal([TaskState.Pending, TaskState.Assigned], ids.Select(hive.StateOf));
    }

    [Fact]
    public void The_counts_of_held_tasks_survive_a_restart()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann", slots: 5);
        var ids = hive.CreateAll([.. Enumerable.Range(0, 3).Select(_ => Of("repo-7", 2))]).Select(t => t.Id).ToArray();
        var held = ids[..2].Select(ann.LeaseOn).ToArray();

        hive.Restart();
        ann.Hello(5, null, null, held);

        Assert.Equal("concurrency:repo-7 (2 of 2)", hive.Show(ids[2]).WaitingFor);
        ann.Complete(held[0]);
        Assert.Equal(TaskState.Assigned, hive.StateOf(ids[2]));
    }

    [Fact]
    public void A_lost_lease_frees_its_place()
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann");
        var ids = hive.CreateAll(Of("repo-7", 1) with { PoisonLosses = 1, LeaseMs = 5_000 }, Of("repo-7", 1)).Select(t => t.Id).ToArray();
        ann.Start();
        hive.Worker("bob");

        hive.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(TaskState.Failed, hive.StateOf(ids[0]));
        Assert.Contains(ids[1], hive.All.OfType<Core.Tasks.TaskAssigned>().Select(a => a.Task));
    }

    [Theory]
    [InlineData(true, TaskState.Pending)]
    [InlineData(false, TaskState.Assigned)]
    public void A_task_that_waits_for_an_answer_counts_while_its_worker_holds_it(bool hold, TaskState second)
    {
        var hive = new TestHive();
        var ann = hive.Worker("ann", slots: 5);
        var ids = hive.CreateAll(Of("repo-7", 1), Of("repo-7", 1)).Select(t => t.Id).ToArray();

        hive.Ok(new Core.Questions.AskQuestion(ann.LeaseOn(ids[0]), new() { Text = "Which?", Hold = hold }, default) { By = ann.Principal });

        Assert.Equal(second, hive.StateOf(ids[1]));
    }

    [Theory]
    [InlineData("", 1, "concurrency.key is missing.")]
    [InlineData(null, 1, "concurrency.key is missing.")]
    [InlineData(" ", 1, "concurrency.key is text without control characters.")]
    [InlineData("a\nb", 1, "concurrency.key is text without control characters.")]
    [InlineData("a", 0, "concurrency.limit is 1 to 1000000; it was 0.")]
    [InlineData("a", -1, "concurrency.limit is 1 to 1000000; it was -1.")]
    [InlineData("a", 1_000_001, "concurrency.limit is 1 to 1000000; it was 1000001.")]
    public void A_wrong_limit_is_refused(string? key, int limit, string message) =>
        Assert.Equal(message, new TestHive().RefusedTask(t => t with { Concurrency = new(key!, limit) }).Message);

    [Fact]
    public void A_key_that_is_too_long_is_refused() => Assert.Equal(
        "concurrency.key has at most 200 characters; it had 201.", new TestHive().RefusedTask(t => t with { Concurrency = new(new string('k', 201), 1) }).Message);
}
