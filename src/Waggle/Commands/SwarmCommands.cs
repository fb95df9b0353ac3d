using System.CommandLine;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle swarm …</c></summary>
internal static class SwarmCommands
{
    private static readonly string[] Names = ["swarm", "name", "state", "topology", "agents", "open tasks", "created"];

    public static Command Create() => new("swarm", "Create, inspect, pause, resume and stop swarms.")
    {
        CreateSwarm(),
        List(),
        Show(),
        SwarmTopologyCommand.Create(),
        SwarmQuotaCommand.Create(),
        SendCommand.ToSwarm(),
        Steer("pause", "Stop assigning tasks in a swarm; running tasks continue.", (client, id, cancel) => client.PauseSwarmAsync(id, cancel)),
        Steer("resume", "Resume a paused or stopped swarm.", (client, id, cancel) => client.ResumeSwarmAsync(id, cancel)),
        Steer("stop", "Cancel all open tasks of a swarm and reject new ones until it is resumed.", (client, id, cancel) => client.StopSwarmAsync(id, cancel)),
    };

    private static Command CreateSwarm()
    {
        var name = new Argument<string>("name") { Description = "The display name." };
        var id = new Option<string?>("--id") { Description = "The swarm's id. Default: the hub generates one." };
        var topology = new TopologyOptions("--topology");
        return HubCommand.Create(
            "create",
            "Create a swarm.",
            async call =>
            {
                var client = await call.ConnectAsync();
                return Print(call, topology.Read(call) is { } spec
                    ? await client.Topology.CreateSwarmAsync(call.Get(name), call.Get(id), spec, call.Cancel)
                    : await client.CreateSwarmAsync(call.Get(name), call.Get(id), call.Cancel));
            },
            [name, id, .. topology.Symbols]);
    }

    private static Command List() => HubCommand.Create("list", "List the swarms with their agents and open tasks.", async call =>
    {
        var swarms = await (await call.ConnectAsync()).ListSwarmsAsync(call.Cancel);
        if (call.Print.IsJson) Printer.Json(new SwarmPage(swarms), HubJson.Default.SwarmPage);
        else
            Printer.Table(
                ["ID", "NAME", "STATE", "TOPOLOGY", "AGENTS", "OPEN TASKS", "CREATED", "AGE"],
                [.. swarms.Select(s => Row(s).Append(Durations.Short(TimeProvider.System.GetUtcNow() - s.CreatedAt)).ToArray())]);
        return ExitCodes.Ok;
    });

    private static Command Show()
    {
        var id = HubIds.OfSwarm();
        return HubCommand.Create(
            "show", "Show one swarm.", async call => Print(call, await (await call.ConnectAsync()).ShowSwarmAsync(call.Get(id), call.Cancel)), id);
    }

    private static Command Steer(string name, string description, Func<WaggleClient, string, CancellationToken, Task<SwarmView>> command)
    {
        var id = HubIds.OfSwarm();
        return HubCommand.Create(name, description, async call => Print(call, await command(await call.ConnectAsync(), call.Get(id), call.Cancel)), id);
    }

    internal static int Print(HubCall call, SwarmView swarm)
    {
        if (call.Print.IsJson) Printer.Json(swarm, HubJson.Default.SwarmView);
        else Printer.Pairs([.. Names.Zip(Row(swarm)), .. SwarmQuotaCommand.Rows(swarm.Quota), .. Figures(swarm.Metrics)]);
        return ExitCodes.Ok;
    }

    private static IEnumerable<(string Name, string? Value)> Figures(SwarmMetrics? metrics)
    {
        if (metrics is null) yield break;
        var (totals, window) = (metrics.Totals, metrics.Window);
        yield return ("completed", Invariant($"{totals.Completed}, failed {totals.Failed}, expired {totals.Expired}, cancelled {totals.Cancelled}"));
        yield return ("per minute", window.CompletedPerMinute is { } rate ? Invariant($"{rate} over {window.WindowMs / 1000} s") : null);
        yield return ("average", window.AverageMs is { } average ? Invariant($"{average} ms") : null);
        yield return ("utilization", window.Utilization is { } share ? Invariant($"{share * 100:0.#} % of the slot time of {window.WindowMs / 1000} s") : null);
        yield return ("queue wait", window.QueueWait is { } wait
            ? Invariant($"mean {wait.MeanMs} ms, median {wait.P50Ms}, 9 of 10 within {wait.P90Ms}, longest {wait.MaxMs} ({window.Assigned} assigned)")
            : null);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string?[] Row(SwarmView s) => [s.Id, s.Name, State(s), Topology(s), s.Agents.ToString(), Tasks(s), Printer.Time(s.CreatedAt)];

    private static string State(SwarmView s) =>
        s.State != SwarmState.Active && s.StateSince is { } since ? $"{SnakeCase.Of(s.State)} since {Printer.Time(since)}" : SnakeCase.Of(s.State);

    // A hub of an earlier version does not send it.
    private static string Topology(SwarmView s) => s.Topology is not { } topology ? "-"
        : topology.Kind == topology.Current ? SnakeCase.Of(topology.Kind)
        : $"{SnakeCase.Of(topology.Kind)} ({SnakeCase.Of(topology.Current)})";

    private static string Tasks(SwarmView swarm) => swarm.Tasks.Count == 0 ? "none" : string.Join(", ", swarm.Tasks.Select(t => $"{t.Value} {t.Key}"));
}
