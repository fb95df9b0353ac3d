using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class StopCursorsTests
{
    [Fact]
    public void A_stop_looks_for_its_tasks_once_and_not_once_a_step()
    {
        var hive = new TestHive();
        hive.CreateAll([.. Enumerable.Range(0, 100).Select(i => new TaskSpec { Title = $"one of many {i}" })]);
        var open = hive.State.Tasks.ToDictionary(t => t.Id, StringComparer.Ordinal);
        var looks = 0;
        var cursors = new StopCursors(
            () =>
            {
                looks++;
                return open.Values;
            },
            id => open.GetValueOrDefault(id));

        var steps = new List<TaskEntity[]>();
        while (cursors.Next("default", long.MaxValue, 10) is { Count: > 0 } some)
        {
            steps.Add([.. some]);
            foreach (var task in some) open.Remove(task.Id);
        }

        Assert.All(steps, step => Assert.Equal(10, step.Length));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"one of many {99 - i}"), steps.SelectMany(s => s).Select(t => t.Spec.Title));

        // Once to begin, and once to see that none is left.
        Assert.Equal(2, looks);
    }

    [Fact]
    public void A_step_that_is_decided_again_gets_the_same_tasks()
    {
        var hive = new TestHive();
        hive.CreateAll([.. Enumerable.Range(0, 5).Select(i => new TaskSpec { Title = $"{i}" })]);
        var cursors = new StopCursors(() => hive.State.Tasks, id => hive.State.Task(id));
        var first = cursors.Next("default", long.MaxValue, 2);
        Assert.Equal(first, cursors.Next("default", long.MaxValue, 2));
    }

    [Fact]
    public void A_task_that_could_not_be_cancelled_is_found_again_and_another_stop_is_another_list()
    {
        var hive = new TestHive();
        var (first, second) = (hive.Create(), hive.Create());
        var cursors = new StopCursors(() => hive.State.Tasks, id => hive.State.Task(id));

        Assert.Equal([second, first], cursors.Next("default", long.MaxValue, 2).Select(t => t.Id));
        Assert.Equal([second, first], cursors.Next("default", long.MaxValue, 2).Select(t => t.Id));
        Assert.Equal([first], cursors.Next("default", hive.Task(second).Seq, 2).Select(t => t.Id));
        Assert.Empty(cursors.Next("other", long.MaxValue, 2));
    }
}
