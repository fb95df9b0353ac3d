using Waggle.Core.Ports;

namespace Waggle.Chaos.Tests;

/// <summary>Compares the workers' journals and the creator's list with the hub's stored state.</summary>
internal static class Verdict
{
    public static async Task JudgeAsync(
        IStore store, IReadOnlyCollection<string> acknowledged, IReadOnlyList<JournalLine> journal, int tasks, ITestOutputHelper output)
    {
        var stored = await StoredHive.EntitiesAsync(store, "task");
        var log = await StoredHive.LogAsync(store);

        Assert.Equal(tasks, acknowledged.Count);
        Assert.Empty(acknowledged.Except(stored.Keys));
        Assert.Equal(tasks, stored.Count);
        Assert.All(stored.Values, t => Assert.Equal("completed", t.GetProperty("state").GetString()));

        var completions = log.Where(r => r.Kind == "task_completed").ToLookup(r => r.Data.GetProperty("task").GetString()!);
        Assert.All(stored.Keys, id => Assert.Single(completions[id]));
        Assert.DoesNotContain(log, r => r.Kind is "task_failed" or "task_cancelled" or "task_expired");
        Assert.Equal(tasks, log.Count(r => r.Kind == "task_created"));
        Assert.Equal(log.Select(r => r.Offset).Order(), log.Select(r => r.Offset));
        Assert.Equal(log.Count, log.Select(r => r.Offset).Distinct().Count());

        // The journals decide: a worker whose result was acknowledged ran the task, was the only one to get an acknowledgement, and is the one in the hub's
        // state.
        var ran = journal.Where(l => l.What == "ran").Select(l => (l.Worker, l.Task, l.Attempt, l.Token)).ToHashSet();
        var told = journal.Where(l => l.What is "acked" or "acked-again").Select(l => (l.Worker, l.Task, l.Attempt, l.Token)).Distinct().ToArray();
        Assert.True(told.Length > tasks / 2, $"Only {told.Length} results were acknowledged to their workers.");
        Assert.Equal(told.Length, told.Select(t => t.Task).Distinct().Count());
        foreach (var (id, task) in stored)
        {
            var ended = completions[id].Single().Data.GetProperty("ended");
            var winner = (ended.GetProperty("agent").GetString()!, id, ended.GetProperty("attempt").GetInt32(), ended.GetProperty("token").GetInt64());
            Assert.True(ran.Contains(winner), $"{winner} completed in the hub, but no worker ran it.");
            var heard = told.Where(t => t.Task == id).ToArray();
            Assert.True(heard.Length == 0 || heard[0] == winner, $"{heard.FirstOrDefault()} was told that it completed; the hub has {winner}.");
            Assert.Equal(winner.Item4, task.GetProperty("lease").GetProperty("token").GetInt64());
        }

        var tokens = log.Where(r => r.Kind == "task_assigned").GroupBy(r => r.Data.GetProperty("task").GetString());
        Assert.All(tokens, t => Assert.Equal(t.Select(r => r.Data.GetProperty("token").GetInt64()).Order(), t.Select(r => r.Data.GetProperty("token").GetInt64())));
        Assert.All(log.Where(r => r.Kind == "task_assigned"), r => Assert.Equal(r.Offset, r.Data.GetProperty("token").GetInt64()));
        await LogAndState.AgreeAsync(store);
        output.WriteLine($"{stored.Count} tasks, {log.Count} records, {ran.Count} runs, {told.Length} acknowledged, {log.Count(r => r.Kind == "task_requeued")} requeued, {log.Count(r => r.Kind == "task_orphan_result")} orphans");
    }
}
