using System.Diagnostics;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Benchmarks.EndToEnd;

/// <param name="Operations">Of each sort.</param>
/// <param name="Lanes">Connections, each with one request without an answer.</param>
internal sealed record MemoryPlan(int Operations, int Lanes);

internal sealed record MemoryResult(
    int Operations, int Lanes, double CreatesPerSecond, double PutsPerSecond, double Share, double CreateHubMicros, double PutHubMicros,
    double ReplacesPerSecond, double ReplaceHubMicros, double GetsPerSecond, double GetHubMicros);

/// <summary>
/// Memory beside the creation of tasks on the same hub, with the same payload and as many in flight: puts of new keys and of keys that exist, each to its
/// durable answer, and gets.
/// </summary>
internal sealed class MemoryBench(MemoryPlan plan, Action<string> say)
{
    private const int Turns = 4;
    private const string Namespace = "bench";
    private static readonly RawJson Payload = RawJson.Parse($"{{\"payload\":\"{new string('x', 286)}\"}}");

    private int _keys;

    public async Task<MemoryResult> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        try
        {
            await using var hub = await ChildHub.StartAsync(folder);
            var clients = await Task.WhenAll(Enumerable.Range(0, plan.Lanes).Select(_ => BenchClient.ConnectAsync(hub.Url, cancel)));
            Task Create(int lane) => clients[lane].CreateTaskAsync(new TaskSpec { Title = Namespace, Input = Payload }, cancel);
            Task Put(int lane) => PutAsync(clients[lane], Interlocked.Increment(ref _keys), cancel);
            Task Replace(int lane) => PutAsync(clients[lane], Random.Shared.Next(1, _keys + 1), cancel);
            Task Get(int lane) => clients[lane].Memory.GetAsync(Namespace, Key(Random.Shared.Next(1, _keys + 1)), cancel: cancel);

            Func<int, Task>[] sorts = [Create, Put, Replace, Get];
            say($"warm up; then {plan.Operations} of each, {plan.Lanes} in flight, in turns");
            foreach (var sort in sorts) await RunAsync(hub, sort, plan.Operations / 5);

            // In turns: what the machine does besides, and how full the hub is, then meets all.
            var seen = sorts.Select(_ => new List<(double Rate, double Micros)>()).ToArray();
            for (var turn = 0; turn < Turns; turn++)
            {
                for (var i = 0; i < sorts.Length; i++) seen[i].Add(await RunAsync(hub, sorts[i], plan.Operations / Turns));
            }

            foreach (var client in clients) await client.DisposeAsync();
            var mean = seen.Select(s => (Rate: s.Average(x => x.Rate), Micros: s.Average(x => x.Micros))).ToArray();
            return new(
                plan.Operations, plan.Lanes, mean[0].Rate, mean[1].Rate, mean[1].Rate / mean[0].Rate, mean[0].Micros, mean[1].Micros,
                mean[2].Rate, mean[2].Micros, mean[3].Rate, mean[3].Micros);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<(double Rate, double Micros)> RunAsync(ChildHub hub, Func<int, Task> operation, int count)
    {
        var (cpu, started, next) = (hub.Cpu, Stopwatch.GetTimestamp(), 0);
        await Task.WhenAll(Enumerable.Range(0, plan.Lanes).Select(async lane =>
        {
            while (Interlocked.Increment(ref next) <= count) await operation(lane);
        }));
        return (count / Stopwatch.GetElapsedTime(started).TotalSeconds, (hub.Cpu - cpu).TotalMicroseconds / count);
    }

    private static Task<MemoryEntryView> PutAsync(WaggleClient client, int key, CancellationToken cancel) =>
        client.Memory.PutAsync(Namespace, Key(key), Payload, cancel: cancel);

    private static string Key(int number) => $"key-{number}";
}
