using System.Text.Json;
using Waggle.Core.Hives;
using Waggle.Storage.Sqlite;

namespace Waggle.Chaos.Tests;

/// <summary>Compares the stored runs, questions, schedules and usage with their log, and with each other.</summary>
internal static class FeatureVerdict
{
    private static readonly string[] Steps = ["ask", "each", "end", "make", "pause"];

    /// <param name="used">The tokens that the hub counted against the budget.</param>
    public static async Task JudgeAsync(string data, int runs, long used, ITestOutputHelper output)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = data }, Hive.Kinds, TimeProvider.System);
        var log = await StoredHive.LogAsync(store);
        IReadOnlyList<JsonElement> Records(string kind) => [.. log.Where(r => r.Kind == kind).Select(r => r.Data)];

        var created = Records("workflow_created").Select(r => Text(r, "run")).ToArray();
        Assert.Equal((runs, runs), (created.Length, created.Distinct().Count()));
        Assert.Equal(created.Order(), Records("workflow_ended").Select(r => Text(r, "run")).Order());
        Assert.All(Records("workflow_ended"), r => Assert.Equal("completed", Text(r, "state")));
        var ended = Records("workflow_step_ended").ToLookup(r => Text(r, "run"), r => (Step: Text(r, "step"), State: Text(r, "state")));
        Assert.All(created, run => Assert.Equal(Steps.Select(s => (s, "completed")), ended[run].OrderBy(s => s.Step, StringComparer.Ordinal)));

        // Six tasks a run: one, three items, the question and the end.
        var tasks = await StoredHive.EntitiesAsync(store, "task");
        var ran = Records("schedule_run");
        Assert.Equal((6 * runs) + ran.Count, tasks.Count);
        Assert.All(tasks.Values, t => Assert.Equal("completed", Text(t, "state")));
        Assert.Equal(tasks.Keys.Order(), Records("task_completed").Select(r => Text(r, "task")).Order());

        var closed = Records("question_closed");
        Assert.Equal(Records("question_asked").Select(q => Text(q, "question")).Order(), closed.Select(q => Text(q, "question")).Order());
        Assert.All(closed, q => Assert.Equal("answered", Text(q, "state")));
        Assert.Equal(runs, closed.Select(q => Text(q, "task")).Distinct().Count());
        Assert.Equal(runs, closed.Count);

        Assert.NotEmpty(ran);
        Assert.Equal(ran.Count, ran.Select(r => Text(r, "due_at")).Distinct().Count());

        // A budget counts what all attempts used, of tasks that ended and of lost attempts, each once.
        var attempts = await StoredHive.EntitiesAsync(store, "attempt");
        Assert.Equal(attempts.Values.Sum(Tokens), used);
        Assert.True(used >= 11 * (tasks.Count - runs), $"{used} tokens of {tasks.Count} tasks");
        Assert.Contains(Records("budget_state"), r => Text(r, "state") == "spent");
        output.WriteLine($"{tasks.Count} tasks, {attempts.Count} attempts, {used} tokens, {closed.Count} answers, {ran.Count} runs of the schedule, {log.Count} records");
    }

    private static long Tokens(JsonElement attempt) => attempt.TryGetProperty("usage", out var usage)
        ? Number(usage, "input_tokens") + Number(usage, "output_tokens")
        : 0;

    private static long Number(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
