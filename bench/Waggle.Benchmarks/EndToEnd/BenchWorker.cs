using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Json;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>A worker process that completes each task at once. The result is the moment at which it received the task.</summary>
internal static class BenchWorker
{
    public const string Name = "bench-worker";

    public static Command Create()
    {
        var url = new Option<string>("--url") { Required = true };
        var slots = new Option<int>("--slots") { Required = true };
        var name = new Option<string>("--name") { Required = true };
        var swarm = new Option<string?>("--swarm");
        var command = new Command(Name) { url, slots, name, swarm };
        command.Hidden = true;
        command.SetAction(async (parse, cancel) =>
        {
            await using var worker = await WaggleWorker.StartAsync(
                new WaggleWorkerOptions { Url = new Uri(parse.GetValue(url)!), Slots = parse.GetValue(slots), AgentId = parse.GetValue(name), Swarm = parse.GetValue(swarm), ConnectTimeout = BenchClient.ConnectTimeout },
                (_, _) => ValueTask.FromResult(RawJson.Parse(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture))),
                cancel);
            Console.Out.WriteLine("ready");

            // The bench ends its workers by closing their input, which its own death also does.
            while (await Console.In.ReadLineAsync(cancel) is not null)
            {
            }

            return 0;
        });
        return command;
    }
}
