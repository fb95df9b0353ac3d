using System.Diagnostics;
using System.Globalization;
using Waggle.Storage.Sqlite;

namespace Waggle.Benchmarks.Store;

internal static class CommitBenchmark
{
    private const int Upserts = 200_000;

    public static async Task Run(string[] args)
    {
        var sizes = args.Length > 0 ? args.Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToArray() : [1, 50, 200, 500];
        Console.WriteLine($"SQLite {SqliteStore.Library.Version} ({SqliteStore.Library.Source})");
        foreach (var ordered in new[] { true, false })
        {
            foreach (var size in sizes)
                await Measure(size, ordered);
        }
    }

    private static async Task Measure(int size, bool ordered)
    {
        using var folder = new Folder();
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder.Path }, [Work.Kind], TimeProvider.System);
        var work = new Work(ordered);
        var tenure = await store.AcquireAsync("h", work.Now, default);
        for (var i = 0; i < 60; i++)
            tenure = await store.CommitAsync(tenure, work.Next(tenure.Head, 500), default);

        var rounds = Math.Clamp(Upserts / size, 50, 5000);
        var clock = Stopwatch.StartNew();
        TimeSpan wall = default, cpu = default, longest = default;
        for (var i = 0; i < rounds; i++)
        {
            var batch = work.Next(tenure.Head, size);
            var started = clock.Elapsed;
            var cpuStarted = Environment.CpuUsage.TotalTime;
            tenure = await store.CommitAsync(tenure, batch, default);
            cpu += Environment.CpuUsage.TotalTime - cpuStarted;
            var took = clock.Elapsed - started;
            wall += took;
            longest = took > longest ? took : longest;
        }

        var count = (double)rounds * size;
        Console.WriteLine(
            $"batch {size,4} {(ordered ? "ordered" : "random "),8} ids: {wall.TotalMicroseconds / count,7:F2} us wall, {cpu.TotalMicroseconds / count,6:F2} us CPU an upsert; "
            + $"{wall.TotalMilliseconds / rounds:F2} ms a commit, longest {longest.TotalMilliseconds:F0} ms; {count / wall.TotalSeconds:F0} upserts/s");
    }
}
