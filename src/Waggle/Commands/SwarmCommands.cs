using System.CommandLine;
using Waggle.Commands.Shared;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Commands;

/// <summary><c>waggle swarm …</c></summary>
internal static class SwarmCommands
{
    public static Command Create() => new("swarm", "Make swarms and look at them.") { CreateSwarm(), List(), Show() };

    private static Command CreateSwarm()
    {
        var name = new Argument<string>("name") { Description = "What people call it." };
        var id = new Option<string?>("--id") { Description = "Its id. Default: the hub gives one." };
        return HubCommand.Create("create", "Make a swarm.", async call => Print(call, await (await call.ConnectAsync()).CreateSwarmAsync(call.Get(name), call.Get(id), call.Cancel)), name, id);
    }

    private static Command List() => HubCommand.Create("list", "List the swarms with their agents and open tasks.", async call =>
    {
        var swarms = await (await call.ConnectAsync()).ListSwarmsAsync(call.Cancel);
        if (call.Print.IsJson) Printer.Json(new SwarmPage(swarms), HubJson.Default.SwarmPage);
        else Printer.Table(["ID", "NAME", "AGENTS", "OPEN TASKS", "CREATED"], [.. swarms.Select(s => new[] { s.Id, s.Name, s.Agents.ToString(), Tasks(s), Printer.Time(s.CreatedAt) })]);
        return ExitCodes.Ok;
    });

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "The swarm's id." };
        return HubCommand.Create("show", "Show one swarm.", async call => Print(call, await (await call.ConnectAsync()).ShowSwarmAsync(call.Get(id), call.Cancel)), id);
    }

    private static int Print(HubCall call, SwarmView swarm)
    {
        if (call.Print.IsJson) Printer.Json(swarm, HubJson.Default.SwarmView);
        else
            Printer.Pairs([("swarm", swarm.Id), ("name", swarm.Name), ("created", Printer.Time(swarm.CreatedAt)), ("agents", swarm.Agents.ToString()), ("open tasks", Tasks(swarm))]);
        return ExitCodes.Ok;
    }

    private static string Tasks(SwarmView swarm) => swarm.Tasks.Count == 0 ? "none" : string.Join(", ", swarm.Tasks.Select(t => $"{t.Value} {t.Key}"));
}
