using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle swarm topology</c></summary>
internal static class SwarmTopologyCommand
{
    public static Command Create()
    {
        var id = HubIds.OfSwarm();
        var topology = new TopologyOptions("--set");
        var reason = new Option<string?>("--reason") { Description = "The reason of the change, for people and for the log." };
        return HubCommand.Create(
            "topology",
            "Show the topology of a swarm and the place of each agent, or change it.",
            async call =>
            {
                var client = await call.ConnectAsync();
                if (topology.Read(call) is { } spec)
                    return SwarmCommands.Print(call, await client.Topology.SetAsync(call.Get(id), spec, call.Get(reason), call.Cancel));
                var page = await client.Topology.GetAsync(call.Get(id), null, call.Cancel);
                var members = page.Members.ToList();
                for (var cursor = page.Cursor; cursor is not null;)
                {
                    var next = await client.Topology.GetAsync(call.Get(id), cursor, call.Cancel);
                    members.AddRange(next.Members);
                    cursor = next.Cursor;
                }

                return Print(call, page with { Members = members, Cursor = null });
            },
            [id, .. topology.Symbols, reason]);
    }

    private static int Print(HubCall call, TopologyPage page)
    {
        if (call.Print.IsJson)
        {
            Printer.Json(page, HubJson.Default.TopologyPage);
            return ExitCodes.Ok;
        }

        var topology = page.Topology;
        Printer.Pairs([
            ("topology", SnakeCase.Of(topology.Kind)),
            ("in force", topology.Current == topology.Kind ? null : SnakeCase.Of(topology.Current)),
            ("leads", topology.Leads.Count == 0 ? null : string.Join(", ", topology.Leads)),
            ("entry", topology.Entry),
            ("since", topology.Since is { } since ? $"{Printer.Time(since)}, by {topology.ChangedBy}" : null),
            ("reason", topology.Reason),
            ("online", page.Agents.ToString(CultureInfo.InvariantCulture)),
            ("links", page.Links.ToString(CultureInfo.InvariantCulture)),
        ]);
        Printer.Table(["AGENT", "ROLE", "PARENT", "NEXT"], [.. page.Members.Select(Row)]);
        return ExitCodes.Ok;
    }

    private static string?[] Row(TopologyMember m) => [m.Agent, m.Role, m.Parent ?? "-", m.Next ?? "-"];
}
