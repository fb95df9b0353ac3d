using System.Collections.Concurrent;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Chaos.Tests;

/// <summary>
/// Promise 2 of the design: no task is lost and none ends twice, for kills of any process at any time. The test prints the seed and the number of kills;
/// <c>WAGGLE_CHAOS_SEED</c> repeats the dice, <c>WAGGLE_CHAOS_KILLS</c> raises the number.
/// </summary>
public sealed class Kills_lose_nothing(ITestOutputHelper output)
{
    private const int Tasks = 2000;
    private const int Workers = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_task_completes_exactly_once_though_hub_and_workers_are_killed_at_random_moments()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("WAGGLE_CHAOS_KILLS") ?? "50", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("WAGGLE_CHAOS_SEED") ?? $"{Environment.TickCount & 0xffff}", CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}, {kills} kills");
        var folder = Directory.CreateTempSubdirectory("waggle-chaos-").FullName;
        try
        {
            var acknowledged = await RunAsync(folder, kills, new Random(seed));
            await Verdict.JudgeAsync(Path.Combine(folder, "data"), acknowledged, Journals.Read(folder), Tasks, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyCollection<string>> RunAsync(string folder, int kills, Random dice)
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
        var acknowledged = new ConcurrentDictionary<string, bool>();
        var created = 0;
        for (var kill = 1; kill <= kills; kill++)
        {
            var upTo = Tasks * kill / kills;
            var creating = Task.WhenAll(Enumerable.Range(created, upTo - created).Select(n => CreateAsync(client, n, acknowledged)));
            created = upTo;
            await stage.KillSomethingAsync(kill);
            await creating.WaitAsync(Patience);
        }

        await stage.RestAsync();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var limit = new CancellationTokenSource(Patience);
        while (await OpenTasksAsync(client, limit.Token) > 0) await poll.WaitForNextTickAsync(limit.Token);
        output.WriteLine($"kills: {stage.Summary}");
        Assert.True(stage.Kills >= kills);
        if (kills >= 50) Assert.All(["hub before commit", "hub during commit", "hub after commit", "worker"], kind => Assert.Contains(kind, stage.Summary, StringComparison.Ordinal));
        return [.. acknowledged.Keys];
    }

    private static async Task CreateAsync(WaggleClient client, int n, ConcurrentDictionary<string, bool> acknowledged)
    {
        var created = await client.CreateTaskAsync(new TaskSpec
        {
            Title = $"task {n}",
            IdempotencyKey = $"chaos-{n}",
            LeaseMs = 1000,
            PoisonLosses = 1_000_000,
            MaxAttempts = 1000,
        });
        Assert.True(acknowledged.TryAdd(created.Id, true), $"{created.Id} was acknowledged for two creations.");
    }

    private static async Task<int> OpenTasksAsync(WaggleClient client, CancellationToken cancel) =>
        (await client.ShowSwarmAsync("default", cancel)).Tasks.Values.Sum();
}
