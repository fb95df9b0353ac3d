using System.CommandLine;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle agent send</c> and <c>waggle swarm send</c></summary>
internal static class SendCommand
{
    private static readonly string[] Audiences = [SnakeCase.Of(MessageAudience.Swarm), SnakeCase.Of(MessageAudience.Lead)];

    public static Command ToAgent()
    {
        var id = HubIds.OfAgent();
        return Create("Send JSON to an agent. The hub keeps it until the agent has handled it.", id, [], (call, client, content, ttl) =>
            client.Messages.SendAsync(call.Get(id), content, ttl, call.Cancel));
    }

    public static Command ToSwarm()
    {
        var id = HubIds.OfSwarm();
        var to = new Option<string>("--to")
        {
            Description = "swarm: all agents that are online. lead: the agents that lead.",
            HelpName = string.Join('|', Audiences),
            DefaultValueFactory = _ => Audiences[0],
        };
        to.AcceptOnlyFromAmong(Audiences);
        return Create("Send JSON to agents of a swarm by their places in its topology.", id, [to], (call, client, content, ttl) =>
        {
            var audience = call.Get(to) == Audiences[1] ? MessageAudience.Lead : MessageAudience.Swarm;
            return client.Messages.SendAsync(call.Get(id), audience, content, ttl, call.Cancel);
        });
    }

    private static Command Create(
        string description, Argument<string> id, Option[] more, Func<HubCall, WaggleClient, RawJson, TimeSpan?, Task<MessagesSent>> send)
    {
        var content = new Argument<string>("json") { Description = "The message: JSON, @FILE or - for standard input." };
        var ttl = new Option<Duration?>("--ttl")
        {
            Description = "The time for which the hub keeps it, for example 90s, 30m or 12h. Default: 1h.",
            HelpName = "duration",
            CustomParser = result =>
            {
                if (Durations.TryParse(result.Tokens[0].Value, out var duration)) return new Duration(duration);
                result.AddError($"--ttl '{result.Tokens[0].Value}' is not a duration such as 45s, 90m or 12h.");
                return null;
            },
        };
        return HubCommand.Create(
            "send",
            description,
            async call =>
            {
                var json = await TaskInput.JsonAsync(call.Get(content), "json", "'\"text\"'", call.Cancel);
                return Print(call, await send(call, await call.ConnectAsync(), json, call.Get(ttl)?.Value));
            },
            [id, content, ttl, .. more]);
    }

    private static int Print(HubCall call, MessagesSent sent)
    {
        if (call.Print.IsJson) Printer.Json(sent, HubJson.Default.MessagesSent);
        else
            Printer.Table(["MESSAGE", "AGENT", "EXPIRES"], [.. sent.Messages.Select(m => new string?[] { m.Message, m.Agent, Printer.Time(sent.ExpiresAt) })]);
        return ExitCodes.Ok;
    }
}
