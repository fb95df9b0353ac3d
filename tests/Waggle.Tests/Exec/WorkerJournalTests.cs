using Waggle.Exec;

namespace Waggle.Tests.Exec;

public sealed class WorkerJournalTests
{
    [Fact]
    public async Task A_terminal_that_does_not_read_fills_no_memory_and_what_was_dropped_is_said()
    {
        const int More = 500;
        var printed = new List<WorkerEvent>();
        using var stuck = new ManualResetEventSlim();
        using var reads = new ManualResetEventSlim();
        await using (var journal = new WorkerJournal(happened =>
        {
            stuck.Set();
            reads.Wait();
            printed.Add(happened);
        }))
        {
            journal.Say(new WorkerEvent("first"));
            Assert.True(stuck.Wait(TimeSpan.FromSeconds(30)));
            for (var i = 0; i < WorkerJournal.Most + More; i++) journal.Say(new WorkerEvent("assigned") { Task = $"t{i}" });
            reads.Set();
        }

        Assert.Equal(["first", "dropped", "assigned"], printed.Take(3).Select(e => e.Event));
        Assert.StartsWith($"{More} events were not printed", printed[1].Message, StringComparison.Ordinal);
        Assert.Equal(WorkerJournal.Most + 2, printed.Count);
        Assert.Equal(($"t{More}", $"t{WorkerJournal.Most + More - 1}"), (printed[2].Task, printed[^1].Task));
    }
}
