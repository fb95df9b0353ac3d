using System.Diagnostics;
using Waggle.Benchmarks.EndToEnd;

namespace Waggle.Benchmarks.Search;

/// <param name="TasksPerSecond">The rate of the tasks.</param>
/// <param name="Searches">The number of searches that ran beside the tasks.</param>
/// <param name="TaskP99Ms">The time from a task's creation to its completion at the client, without searches.</param>
/// <param name="SearchP95Ms">The time of a hybrid search beside the tasks.</param>
internal sealed record BesideTasks(
    int TasksPerSecond, int Searches, double TaskP50Ms, double TaskP99Ms, double TaskP50WithSearchesMs, double TaskP99WithSearchesMs, double SearchP50Ms, double SearchP95Ms);

/// <summary>The same tasks without searches and with them, in turns, so that both meet the same machine.</summary>
internal sealed class SearchesBesideTasks(SearchPlan plan, Uri hub, Func<int, CancellationToken, Task> search)
{
    private const int Turns = 3;
    private const int Workers = 1;
    private const int Slots = 100;
    private const int WarmUpSeconds = 2;

    public async Task<BesideTasks> RunAsync(CancellationToken cancel)
    {
        await using var workers = await BenchWorkers.StartAsync(hub, Workers, Slots, cancel);
        await using var client = await BenchClient.ConnectAsync(hub, cancel);
        await new TaskLoad(client, plan.Rate).RunAsync(WarmUpSeconds, cancel);
        var (without, with, searches) = (new List<(double P50, double P99)>(), new List<(double P50, double P99)>(), new LatencyCount());
        var count = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            without.Add(Figures(await new TaskLoad(client, plan.Rate).RunAsync(plan.Seconds, cancel)));
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var searching = SearchAsync(searches, over.Token);
            with.Add(Figures(await new TaskLoad(client, plan.Rate).RunAsync(plan.Seconds, cancel)));
            await over.CancelAsync();
            count += await searching;
        }

        return new(
            plan.Rate, count, Median(without.Select(w => w.P50)), Median(without.Select(w => w.P99)), Median(with.Select(w => w.P50)), Median(with.Select(w => w.P99)),
            searches.AtMs(0.5), searches.AtMs(0.95));
    }

    private static (double P50, double P99) Figures(LatencyCount latency) => (latency.AtMs(0.5), latency.AtMs(0.99));

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Turns / 2);

    // A search that takes longer than its period delays the next one; it is not repeated to catch up.
    private async Task<int> SearchAsync(LatencyCount latency, CancellationToken over)
    {
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / plan.SearchesPerSecond));
        for (var i = 0; ; i++)
        {
            try
            {
                await beat.WaitForNextTickAsync(over);
            }
            catch (OperationCanceledException)
            {
                return i;
            }

            var started = Stopwatch.GetTimestamp();
            await search(i, CancellationToken.None);
            latency.Add(Stopwatch.GetElapsedTime(started));
        }
    }
}
