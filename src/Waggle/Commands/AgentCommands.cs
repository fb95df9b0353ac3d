using System.CommandLine;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle agent …</c></summary>
internal static class AgentCommands
{
    public static Command Create() => new("agent", "Inspect, start, stop, drain, resume, remove and message agents.")
    {
        List(), Show(), Remove(), Drain(), Resume(), ReportCommands.Reports(),
        SpawnCommands.Spawn(), SpawnCommands.Stop(), SpawnCommands.Spawns(), SpawnCommands.Runners(),
        SendCommand.ToAgent(),
    };

    private static Argument<string> Id() => HubIds.OfAgent();

    private static Command List()
    {
        var swarm = HubIds.SwarmOption("--swarm", "Only agents of this swarm.");
        return HubCommand.Create(
            "list",
            "List the agents.",
            async call =>
            {
                var agents = await (await call.ConnectAsync()).ListAgentsAsync(call.Get(swarm), call.Cancel);
                if (call.Print.IsJson) Printer.Json(new AgentPage(agents), HubJson.Default.AgentPage);
                else
                    Printer.Table(
                        ["ID", "NAME", "SWARM", "STATUS", "AGE", "SEEN", "HOLDS", "DONE", "FAILED", "LOST", "CAPABILITIES"],
                        [.. agents.Select(a => Row(a, TimeProvider.System.GetUtcNow()))]);
                return ExitCodes.Ok;
            },
            swarm);
    }

    private static Command Show()
    {
        var id = Id();
        return HubCommand.Create(
            "show",
            "Show one agent, what the hub learned of its capabilities, and what its worker reported.",
            async call =>
            {
                var client = await call.ConnectAsync();
                Print(call, await client.ShowAgentAsync(call.Get(id), call.Cancel));
                if (!call.Print.IsJson) ReportCommands.Print(await client.ShowAgentReportsAsync(call.Get(id), call.Cancel));
                return ExitCodes.Ok;
            },
            id);
    }

    private static Command Remove()
    {
        var id = Id();
        var reason = new Option<string?>("--reason") { Description = "The reason, for the log." };
        return HubCommand.Create(
            "remove",
            "Remove an agent permanently; its tasks go back to the queue at once.",
            async call => Print(call, await (await call.ConnectAsync()).RemoveAgentAsync(call.Get(id), call.Get(reason), call.Cancel)),
            id,
            reason);
    }

    private static Command Drain()
    {
        var id = Id();
        var wait = new Option<bool>("--wait") { Description = "Wait until the agent holds no tasks." };
        return HubCommand.Create(
            "drain",
            "Stop assigning tasks to an agent; it finishes the tasks that it holds.",
            async call =>
            {
                var client = await call.ConnectAsync(patient: call.Get(wait));
                var agent = await client.DrainAgentAsync(call.Get(id), call.Cancel);
                return Print(call, call.Get(wait) ? await EmptyAsync(call, client, agent) : agent);
            },
            id,
            wait);
    }

    private static Command Resume()
    {
        var id = Id();
        return HubCommand.Create(
            "resume",
            "Resume assigning tasks to a drained agent.",
            async call => Print(call, await (await call.ConnectAsync()).ResumeAgentAsync(call.Get(id), call.Cancel)),
            id);
    }

    // Records of the agent's tasks and presence only trigger another query. The hub's answer alone decides whether the agent is empty.
    private static async Task<AgentView> EmptyAsync(HubCall call, WaggleClient client, AgentView agent)
    {
        await using var observer = client.ObserveAsync([$"agent.{agent.Id}.#", "task.#"], cancel: call.Cancel);
        await observer.Ready.WaitAsync(call.Cancel);
        agent = await client.ShowAgentAsync(agent.Id, call.Cancel);
        if (agent.Holding.Count > 0) Printer.Note($"waiting for {string.Join(' ', agent.Holding)}");
        var held = agent.Holding.ToHashSet(StringComparer.Ordinal);
        await using var news = observer.GetAsyncEnumerator(call.Cancel);
        while (agent.Holding.Count > 0 && await news.MoveNextAsync())
        {
            if (news.Current is RecordObserved { Record: var record } && !Concerns(record.Topic, agent.Id, held)) continue;
            agent = await client.ShowAgentAsync(agent.Id, call.Cancel);
        }

        return agent;
    }

    private static bool Concerns(string topic, string agent, HashSet<string> tasks)
    {
        var segments = topic.Split('.');
        return segments[0] == "agent" ? segments[1] == agent : segments[^1] is not ("progress" or "log") && tasks.Contains(segments[1]);
    }

    private static int Print(HubCall call, AgentView agent)
    {
        if (call.Print.IsJson) Printer.Json(agent, HubJson.Default.AgentView);
        else
        {
            Printer.Pairs(
            [
                ("agent", agent.Id), ("name", agent.Name), ("swarm", agent.Swarm), ("status", SnakeCase.Of(agent.Status)), ("capabilities", Known(agent)),
                ("slots", agent.Slots.ToString()), ("holds", agent.Holding.Count == 0 ? "nothing" : string.Join(' ', agent.Holding)),
                ("completed", agent.Completed.ToString()), ("failed", agent.Failed.ToString()), ("lost", agent.Lost.ToString()),
                ("failure", agent.Failure is { } failed ? $"{SnakeCase.Of(failed.Reason)} at {Printer.Time(failed.At)} {failed.Message}" : null),
                .. (agent.Proficiency ?? new Dictionary<string, ProficiencyView>()).OrderBy(p => p.Key, StringComparer.Ordinal).Select(Learned),
                ("registered", Printer.Time(agent.RegisteredAt)),
                ("last seen", agent.LastSeenAt is { } seen ? Printer.Time(seen) : "not seen since the hub started"),
            ]);
        }

        return ExitCodes.Ok;
    }

    private static string?[] Row(AgentView a, DateTimeOffset now) =>
    [
        a.Id, a.Name, a.Swarm, SnakeCase.Of(a.Status), Durations.Short(now - a.RegisteredAt),
        a.LastSeenAt is { } seen ? $"{Durations.Short(now - seen)} ago" : null,
        $"{a.Holding.Count}/{a.Slots}", a.Completed.ToString(), a.Failed.ToString(), a.Lost.ToString(), Known(a),
    ];

    private static (string, string?) Learned(KeyValuePair<string, ProficiencyView> learned)
    {
        var (declared, mean, lower, upper, evidence, outcomes, isChecked) = learned.Value;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{mean:0.##} ({lower:0.##} to {upper:0.##}), declared {declared:0.##}; {outcomes} outcomes, {isChecked} checked, evidence {evidence:0.#}");
        return ($"learned {learned.Key}", text);
    }

    private static string Known(AgentView agent) => agent.Capabilities.Count == 0 ? "none" : Capabilities.Text(agent.Capabilities);
}
