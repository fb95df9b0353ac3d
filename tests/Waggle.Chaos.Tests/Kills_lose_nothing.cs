using System.Collections.Concurrent;
using System.Globalization;
using Waggle.Client;
using Waggle.Core.Hives;
using Waggle.Protocol.Model;
using Waggle.Storage.Postgres;
using Waggle.Storage.Sqlite;
using Waggle.TestKit.Postgres;

namespace Waggle.Chaos.Tests;

/// <summary>
/// Promise 2 of the design: no task is lost and none ends twice, for kills of any process at any time. The test prints the seed and the number of kills;
/// <c>WAGGLE_CHAOS_SEED</c> repeats the dice, <c>WAGGLE_CHAOS_KILLS</c> raises the number.
/// </summary>
public sealed class Kills_lose_nothing(ITestOutputHelper output)
{
    private const int Tasks = 2000;
    private const int Workers = 3;
    private const int PostgresKills = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_task_completes_exactly_once_though_hub_and_workers_are_killed_at_random_moments()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("WAGGLE_CHAOS_KILLS") ?? "20", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("WAGGLE_CHAOS_SEED") ?? $"{Environment.TickCount & 0xffff}", CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}, {kills} kills");
        var folder = Directory.CreateTempSubdirectory("waggle-chaos-").FullName;
        try
        {
            var acknowledged = await RunAsync(folder, kills, new Random(seed), null);
            await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = Path.Combine(folder, "data") }, Hive.Kinds, TimeProvider.System);
            await Verdict.JudgeAsync(store, acknowledged, Journals.Read(folder), Tasks, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task So_it_is_with_PostgreSQL_whose_server_crashes_too()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("WAGGLE_CHAOS_SEED") ?? $"{Environment.TickCount & 0xffff}", CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");
        var folder = Directory.CreateTempSubdirectory("waggle-chaos-").FullName;
        await using var server = await PostgresServer.StartAsync();
        try
        {
            var acknowledged = await RunAsync(folder, PostgresKills, new Random(seed), server);
            await using var store = await PostgresStore.OpenAsync(new() { Connection = server.Connection }, Hive.Kinds, TimeProvider.System, default);
            await Verdict.JudgeAsync(store, acknowledged, Journals.Read(folder), Tasks, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyCollection<string>> RunAsync(string folder, int kills, Random dice, PostgresServer? server)
    {
        await using var stage = await Stage.SetAsync(folder, Workers, dice, output, server?.Connection);
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
            if (server is not null && kill % 5 == 0)
            {
                await server.CrashAsync();
                await server.StartAgainAsync();
            }

            await creating.WaitAsync(Patience);
        }

        await stage.RestAsync();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var limit = new CancellationTokenSource(Patience);
        while (await OpenTasksAsync(client, limit.Token) > 0) await poll.WaitForNextTickAsync(limit.Token);
        output.WriteLine($"kills: {stage.Summary}");
        Assert.True(stage.Kills >= kills);
        if (server is null && kills >= 50) Assert.All(["hub before commit", "hub during commit", "hub after commit", "worker"], kind => Assert.Contains(kind, stage.Summary, StringComparison.Ordinal));
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
