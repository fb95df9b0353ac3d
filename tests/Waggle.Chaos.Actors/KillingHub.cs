using System.Diagnostics;
using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Server;
using Waggle.Storage.Sqlite;

namespace Waggle.Chaos.Actors;

/// <summary>The unchanged hub over its own store, which kills the process at a chosen place of a chosen commit.</summary>
internal static class KillingHub
{
    public static async Task<int> RunAsync(string data, int port, string kill, int seed)
    {
        var store = SqliteStore.Open(new SqliteStoreOptions { Folder = data }, Hive.Kinds, TimeProvider.System);
        await using var server = await WaggleServer.StartAsync(
            new WaggleServerOptions { DataFolder = data, Port = port }, store: new KillingStore(store, KillPoint.Parse(kill), new Random(seed)));
        Console.Out.WriteLine($"ready {server.Url}");
        await server.Completion;
        return 0;
    }
}

/// <summary>The place of the kill, and the commit, counted from the first one with tasks.</summary>
internal sealed record KillPoint(string Where, int Commit)
{
    public static KillPoint Parse(string text) => text.Split(':') is [var where, var commit] ? new(where, int.Parse(commit)) : throw new ArgumentException(text);
}

internal sealed class KillingStore(IStore inner, KillPoint point, Random dice) : IStore
{
    private int _commits;

    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel) => inner.AcquireAsync(hive, now, cancel);

    public IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, CancellationToken cancel) => inner.LoadOpenAsync(tenure, cancel);

    public ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel) => inner.GetAsync(hive, keys, cancel);

    public async ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel)
    {
        if (!batch.Entities.Any(e => e.Kind == "task") || ++_commits < point.Commit) return await inner.CommitAsync(tenure, batch, cancel);
        if (point.Where == "before") Die();
        if (point.Where == "during") DieWithin(TimeSpan.FromMicroseconds(dice.Next(600)));
        var after = await inner.CommitAsync(tenure, batch, cancel);

        // The batch is durable and not yet published.
        Die();
        return after;
    }

    public ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel) => inner.ReadLogAsync(hive, after, maxRows, cancel);

    public ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel) => inner.GetLogExtentAsync(hive, cancel);

    public ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel) => inner.QueryAsync(hive, query, cancel);

    public ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel) => inner.RangeAsync(hive, range, cancel);

    public ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel) => inner.CountAsync(hive, query, cancel);

    public ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel) =>
        inner.PruneEntitiesAsync(tenure, kind, closedBefore, limit, cancel);

    public ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel) =>
        inner.PruneLogAsync(tenure, writtenBefore, limit, cancel);

    public ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel) =>
        inner.RewriteLogAsync(tenure, rows, cancel);

    public ValueTask ScrubAsync(CancellationToken cancel) => inner.ScrubAsync(cancel);

    public ValueTask<bool> HasRoomAsync(CancellationToken cancel) => inner.HasRoomAsync(cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static void DieWithin(TimeSpan delay)
    {
        var thread = new Thread(() =>
        {
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < delay) Thread.SpinWait(20);
            Die();
        });
        thread.Start();
    }

    private static void Die()
    {
        // SIGKILL to this process: no handler, no finally, no flush.
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
