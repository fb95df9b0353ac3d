using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle swarm quota</c></summary>
internal static class SwarmQuotaCommand
{
    private const string None = "none";

    public static Command Create()
    {
        var id = HubIds.OfSwarm();
        var tasks = Limit("--open-tasks", "The open tasks that it may have: a number, or none for no limit.");
        var agents = Limit("--agents", "The agents that it may have: a number, or none for no limit.");
        var bytes = Limit("--bytes", "The bytes of memory values that it may have: a number, or none for no limit.");
        return HubCommand.Create(
            "quota",
            "Show the quota of a swarm and its use, or change the limits that are given.",
            async call =>
            {
                var client = await call.ConnectAsync();
                var swarm = await client.ShowSwarmAsync(call.Get(id), call.Cancel);
                if ((call.Get(tasks), call.Get(agents), call.Get(bytes)) is not (null, null, null))
                {
                    var quota = new SwarmQuota
                    {
                        OpenTasks = (int?)Changed(call.Get(tasks), swarm.Quota?.OpenTasks),
                        Agents = (int?)Changed(call.Get(agents), swarm.Quota?.Agents),
                        Bytes = Changed(call.Get(bytes), swarm.Quota?.Bytes),
                    };
                    swarm = await client.Access.SetSwarmQuotaAsync(swarm.Id, quota, call.Cancel);
                }

                return SwarmCommands.Print(call, swarm);
            },
            id, tasks, agents, bytes);
    }

    public static IEnumerable<(string Name, string? Value)> Rows(SwarmQuotaView? quota)
    {
        if (quota?.OpenTasks is { } tasks) yield return ("quota of tasks", Text(tasks, "open tasks"));
        if (quota?.Agents is { } agents) yield return ("quota of agents", Text(agents, "agents"));
        if (quota?.Bytes is { } bytes) yield return ("quota of memory", Text(bytes, "bytes"));
    }

    private static string Text(QuotaUse use, string unit) => string.Create(CultureInfo.InvariantCulture, $"{use.Used} of {use.Limit} {unit}");

    private static long? Changed(string? given, QuotaUse? before) => given switch
    {
        null => before?.Limit,
        None => null,
        _ => long.Parse(given, CultureInfo.InvariantCulture),
    };

    private static Option<string?> Limit(string name, string description)
    {
        var most = name == "--bytes" ? long.MaxValue : int.MaxValue;
        var option = new Option<string?>(name) { Description = description, HelpName = "limit" };
        option.Validators.Add(result =>
        {
            var text = result.Tokens is [var token, ..] ? token.Value : None;
            if (text == None || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most)) return;
            result.AddError($"{name} '{text}' is neither none nor a whole number from 1 to {most}.");
        });
        return option;
    }
}
