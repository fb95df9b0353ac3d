using System.Globalization;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Chaos.Tests;

/// <summary>
/// The kill test over the features above tasks: workflows with a map, a timer and a question, a schedule, and a budget that is spent and raised all the time.
/// <c>WAGGLE_CHAOS_SEED</c> repeats the dice, <c>WAGGLE_CHAOS_KILLS</c> raises the number of kills; this test does a quarter of them, at least 8.
/// </summary>
public sealed class Kills_lose_no_run_answer_or_usage(ITestOutputHelper output)
{
    private const int Runs = 48;
    private const int Workers = 3;
    private const string Budget = "all";
    private const string Schedule = "tick";
    private const string Terms = """ "lease_ms":1000,"max_attempts":1000,"poison_losses":1000000,"backoff_cap_ms":200 """;
    private const string Workflow = $$$"""
        {"id":"line","steps":[
          {"id":"make","task":{"title":"make","type":"work",{{{Terms}}}}},
          {"id":"each","depends_on":["make"],"map":{"over":"input"},"task":{"title":"each","type":"work",{{{Terms}}}}},
          {"id":"pause","depends_on":["each"],"timer":{"delay_ms":20}},
          {"id":"ask","depends_on":["pause"],"task":{"title":"ask","type":"ask",{{{Terms}}}}},
          {"id":"end","depends_on":["ask"],"when":"steps.ask.output == true","task":{"title":"end","type":"work",{{{Terms}}}}}]}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Each_run_ends_once_with_all_its_steps_each_question_is_answered_once_and_all_usage_counts()
    {
        var kills = Math.Max(8, int.Parse(Environment.GetEnvironmentVariable("WAGGLE_CHAOS_KILLS") ?? "20", CultureInfo.InvariantCulture) / 4);
        var seed = int.Parse(Environment.GetEnvironmentVariable("WAGGLE_CHAOS_SEED") ?? $"{Environment.TickCount & 0xffff}", CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}, {kills} kills");
        var folder = Directory.CreateTempSubdirectory("waggle-chaos-").FullName;
        try
        {
            var used = await RunAsync(folder, kills, new Random(seed));
            await FeatureVerdict.JudgeAsync(Path.Combine(folder, "data"), Runs, used, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>The tokens that count against the budget.</returns>
    private async Task<long> RunAsync(string folder, int kills, Random dice)
    {
        await using var stage = await Stage.SetAsync(folder, Workers, dice, output);
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions
        {
            Url = stage.Url,
            ConnectTimeout = Patience,
            StoreRetryTimeout = Patience,
            BackoffBase = TimeSpan.FromMilliseconds(50),
            BackoffCap = TimeSpan.FromMilliseconds(500),
        });
        await client.Workflows.DefineAsync(RawJson.Parse(Workflow));
        await client.Budgets.SetAsync(Budget, BudgetOf(100));
        await client.Schedules.SetAsync(Schedule, new ScheduleSpec
        {
            EveryMs = 1000,
            Task = new TaskSpec { Title = "tick", Type = "work", LeaseMs = 1000, MaxAttempts = 1000, PoisonLosses = 1_000_000, BackoffCapMs = 200 },
        });
        using var answered = new CancellationTokenSource();
        var answering = AnswerAsync(client, answered.Token);
        var started = 0;
        for (var kill = 1; kill <= kills; kill++)
        {
            var upTo = Runs * kill / kills;
            var starting = Task.WhenAll(Enumerable.Range(started, upTo - started).Select(n => client.Workflows.StartAsync(
                new WorkflowStart { Workflow = "line", Input = RawJson.Parse("[1,2,3]"), IdempotencyKey = $"chaos-{n}" })));
            started = upTo;
            var raising = client.Budgets.SetAsync(Budget, BudgetOf(100 + (kill * 150)));
            await stage.KillSomethingAsync(kill);
            await Task.WhenAll(starting, raising).WaitAsync(Patience);
        }

        await stage.RestAsync();
        using var limit = new CancellationTokenSource(Patience);
        await client.Budgets.SetAsync(Budget, BudgetOf(1_000_000), limit.Token);
        await client.Schedules.PauseAsync(Schedule, limit.Token);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await IsOpenAsync(client, limit.Token)) await poll.WaitForNextTickAsync(limit.Token);
        await answered.CancelAsync();
        await answering;
        output.WriteLine($"kills: {stage.Summary}");
        var used = (await client.Budgets.GetAsync(Budget, limit.Token))!.Used;
        return used.InputTokens + used.OutputTokens;
    }

    private static BudgetSpec BudgetOf(long tokens) => new() { Swarm = "default", Period = BudgetPeriod.Total, Tokens = tokens };

    private static async Task<bool> IsOpenAsync(WaggleClient client, CancellationToken cancel) =>
        (await client.ShowSwarmAsync("default", cancel)).Tasks.Values.Sum() > 0
        || await client.Workflows.ListRunsAsync(state: WorkflowRunState.Running, cancel: cancel).AnyAsync(cancel);

    // Another process would do the same: list what is open, and answer. A repeated answer of the same user is none.
    private static async Task AnswerAsync(WaggleClient client, CancellationToken stop)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await poll.WaitForNextTickAsync(stop))
            {
                foreach (var question in await client.Questions.ListAsync(state: QuestionState.Open, cancel: stop).ToListAsync(stop)) await AnswerAsync(client, question.Id, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // All runs have ended.
        }
    }

    private static async Task AnswerAsync(WaggleClient client, string question, CancellationToken stop)
    {
        try
        {
            await client.Questions.AnswerAsync(question, "yes", stop);
        }
        catch (WaggleException e) when (e.Code is ErrorCodes.QuestionClosed)
        {
            // It was answered before the hub was killed.
        }
    }
}
