using System.CommandLine;
using Waggle.Commands.Shared;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Commands;

/// <summary><c>waggle swarm …</c></summary>
internal static class SwarmCommands
{
    private static readonly string[] Names = ["swarm", "name", "agents", "open tasks", "created"];

    public static Command Create() => new("swarm", "Make swarms and look at them.") { CreateSwarm(), List(), Show() };

    private static Command CreateSwarm()
    {
        var name = new Argument<string>("name") { Description = "What people call it." };
        var id = new Option<string?>("--id") { Description = "Its id. Default: the hub gives one." };
        return HubCommand.Create(
            "create",
            "Make a swarm.",
            async call => Print(call, await (await call.ConnectAsync()).CreateSwarmAsync(call.Get(name), call.Get(id), call.Cancel)),
            name,
            id);
    }

    private static Command List() => HubCommand.Create("list", "List the swarms with their agents and open tasks.", async call =>
    {
        var swarms = await (await call.ConnectAsync()).ListSwarmsAsync(call.Cancel);
        if (call.Print.IsJson) Printer.Json(new SwarmPage(swarms), HubJson.Default.SwarmPage);
        else Printer.Table(["ID", "NAME", "AGENTS", "OPEN TASKS", "CREATED"], [.. swarms.Select(Row)]);
        return ExitCodes.Ok;
    });

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "The swarm's id." };
        return HubCommand.Create(
            "show", "Show one swarm.", async call => Print(call, await (await call.ConnectAsync()).ShowSwarmAsync(call.Get(id), call.Cancel)), id);
    }

    private static int Print(HubCall call, SwarmView swarm)
    {
        if (call.Print.IsJson) Printer.Json(swarm, HubJson.Default.SwarmView);
        else Printer.Pairs(Names.Zip(Row(swarm)));
        return ExitCodes.Ok;
    }

    private static string?[] Row(SwarmView s) => [s.Id, s.Name, s.Agents.ToString(), Tasks(s), Printer.Time(s.CreatedAt)];

    private static string Tasks(SwarmView swarm) => swarm.Tasks.Count == 0 ? "none" : string.Join(", ", swarm.Tasks.Select(t => $"{t.Value} {t.Key}"));
}
