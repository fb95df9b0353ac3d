using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Protocol.Json;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>fanout</c>: one publisher, many subscribers.</summary>
internal static class FanOutCommand
{
    public static Command Create()
    {
        var subscribers = Numbers.Option("--subscribers", "Connections with one subscription each, all to one topic.", least: 1, most: 20_000, standard: 1_000);
        var rate = Numbers.Option("--rate", "Publishes a second; 0: as fast as it goes.", least: 0, most: 10_000, standard: 30);
        var window = Numbers.Option("--window", "Publishes under way, with --rate 0.", least: 1, most: 1_000, standard: 20);
        var seconds = Numbers.Option("--seconds", "How long it is measured, after a second of warm-up.", least: 1, most: 3_600, standard: 5);
        var size = Numbers.Option("--size", "Bytes of padding in each record.", least: 0, most: 100_000, standard: 200);
        var road = new Option<string>("--road")
        {
            Description = "How the clients come: plain, tls, or http2 (streams of shared connections, over TLS).",
            DefaultValueFactory = _ => "plain",
        };
        road.AcceptOnlyFromAmong("plain", "tls", "http2");
        return BenchCommand.Create(
            "fanout",
            "One publisher, many subscribers: deliveries, how long they take, the hub's CPU for each, and an idle connection's memory.",
            [subscribers, rate, window, seconds, size, road],
            BenchJson.Default.FanOutResult,
            async (parse, cancel) =>
            {
                var kind = Enum.Parse<RoadKind>(parse.GetValue(road)!, ignoreCase: true);
                var plan = new FanOutPlan(
                    parse.GetValue(subscribers), parse.GetValue(rate), parse.GetValue(window), parse.GetValue(seconds), parse.GetValue(size), kind);
                using var bench = new FanOutBench(plan, Console.Error.WriteLine);
                return await bench.RunAsync(cancel);
            },
            Print);
    }

    private static void Print(FanOutResult r)
    {
        Row("subscribers", $"{r.Subscribers} over {SnakeCase.Of(r.Road)}, on {r.Cores} cores that publisher and readers share with the hub");
        Row("deliveries", $"{r.DeliveriesPerSecond:F0}/s of {r.PublishesPerSecond:F0} publishes/s");
        Row("publish → received", $"p50 {r.P50Ms:F2} ms, p99 {r.P99Ms:F2} ms");
        Row("hub CPU a delivery", $"{r.HubMicros:F2} µs");
        Row("hub allocates a delivery", $"{r.AllocatedBytes:F1} B");
        Row("hub memory a subscriber", $"{r.KbPerConnection:F1} KB");
    }
}
