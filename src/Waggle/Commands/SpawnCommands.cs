using System.CommandLine;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle agent spawn</c> and the commands about agents that runners start.</summary>
internal static class SpawnCommands
{
    public static Command Spawn()
    {
        var role = new Argument<string>("role") { Description = "The role of a runner's template; 'waggle agent runners' lists them." };
        var count = Numbers.Option("--count", "The number of agents.", least: 1, most: Limits.MaxSpawnCount, standard: 1);
        var swarm = HubIds.SwarmOption("--swarm", "The swarm of the agents. Default: default.");
        var capabilities = new Option<string[]>("--capability")
        {
            Description = "A capability of the template that the agents get. May be repeated. Default: all of them.",
            HelpName = "name",
        };
        var name = new Option<string?>("--name")
        {
            Description = "The id of the agent; with --count, the beginning of their ids. Default: the hub generates one.",
            HelpName = "id",
        };
        var wait = new Option<bool>("--wait") { Description = "Wait until each agent is running, stopped or failed; exit code 1 if one is not running." };
        return HubCommand.Create(
            "spawn",
            "Start agents of a role on a runner.",
            async call =>
            {
                var client = await call.ConnectAsync();
                var named = call.Get(capabilities) is { Length: > 0 } some ? some : null;
                var spawns = await client.Spawns.SpawnAsync(call.Get(role), call.Get(count), call.Get(swarm), named, call.Get(name), call.Cancel);
                if (call.Get(wait)) spawns = await Task.WhenAll(spawns.Select(s => client.Spawns.WaitAsync(s.Id, call.Cancel)));
                Print(call, spawns);
                return call.Get(wait) && spawns.Any(s => s.State != SpawnState.Running) ? ExitCodes.Failed : ExitCodes.Ok;
            },
            role,
            count,
            swarm,
            capabilities,
            name,
            wait);
    }

    public static Command Stop()
    {
        var agent = new Argument<string?>("id") { Description = "The agent to stop; or --role.", Arity = ArgumentArity.ZeroOrOne };
        var role = new Option<string?>("--role") { Description = "Stop agents of this role, the idle ones first.", HelpName = "role" };
        var count = Numbers.Option("--count", "The number of agents of the role.", least: 1, most: Limits.MaxRunnerAgents, standard: 1);
        var swarm = HubIds.SwarmOption("--swarm", "The swarm of the agents of the role. Default: default.");
        var reason = new Option<string?>("--reason") { Description = "The reason, for the log." };
        return HubCommand.Create(
            "stop",
            "Stop agents that a runner started.",
            async call =>
            {
                if (call.Get(agent) is null == call.Get(role) is null) throw new CliException("Name an agent, or a role with --role.", ExitCodes.Usage);
                var client = await call.ConnectAsync();
                Print(call, call.Get(agent) is { } id
                    ? [await client.Spawns.StopAsync(id, call.Get(reason), call.Cancel)]
                    : await client.Spawns.StopAsync(call.Get(role)!, call.Get(count), call.Get(swarm), call.Get(reason), call.Cancel));
                return ExitCodes.Ok;
            },
            agent,
            role,
            count,
            swarm,
            reason);
    }

    public static Command Spawns()
    {
        var swarm = HubIds.SwarmOption("--swarm", "Only agents of this swarm.");
        var state = new Option<string?>("--state") { Description = "Only agents in this state, for example running.", HelpName = "state" };
        state.AcceptOnlyFromAmong([.. Enum.GetValues<SpawnState>().Select(s => SnakeCase.Of(s))]);
        return HubCommand.Create(
            "spawns",
            "List the agents that runners started, newest first.",
            async call =>
            {
                SpawnState? only = call.Get(state) is { } text ? Enum.GetValues<SpawnState>().First(s => SnakeCase.Of(s) == text) : null;
                var spawns = new List<SpawnView>();
                await foreach (var spawn in (await call.ConnectAsync()).Spawns.ListAsync(call.Get(swarm), only, call.Cancel)) spawns.Add(spawn);
                Print(call, spawns);
                return ExitCodes.Ok;
            },
            swarm,
            state);
    }

    public static Command Runners() => HubCommand.Create(
        "runners",
        "List the runners and what they offer to start.",
        async call =>
        {
            var runners = await (await call.ConnectAsync()).Spawns.RunnersAsync(call.Cancel);
            if (call.Print.IsJson) Printer.Json(new RunnerPage(runners), HubJson.Default.RunnerPage);
            else
                Printer.Table(
                    ["RUNNER", "ROLE", "AGENTS", "MOST", "SLOTS", "RESTART", "CAPABILITIES"],
                    [.. runners.SelectMany(r => r.Templates.Select(t => Row(r, t)))]);
            return ExitCodes.Ok;
        });

    private static void Print(HubCall call, IReadOnlyList<SpawnView> spawns)
    {
        if (call.Print.IsJson) Printer.Json(new SpawnPage(spawns), HubJson.Default.SpawnPage);
        else
            Printer.Table(
                ["SPAWN", "AGENT", "ROLE", "SWARM", "RUNNER", "STATE", "STARTS", "PID", "FAILURE"],
                [.. spawns.Select(s => new[]
                {
                    s.Id, s.Agent, s.Role, s.Swarm, s.Runner, SnakeCase.Of(s.State), s.Attempt.ToString(), s.Pid?.ToString(), FailureText(s),
                })]);
    }

    private static string? FailureText(SpawnView spawn)
    {
        if (spawn.Failure is not { } failure) return null;
        var code = failure.ExitCode is { } exit ? $" {exit}" : failure.Signal is { } signal ? $" {signal}" : "";
        return $"{SnakeCase.Of(failure.Reason)}{code}{(failure.Message is { } message ? $": {PlainText.Clip(message, 100)}" : "")}";
    }

    private static string?[] Row(RunnerView runner, TemplateView template) =>
    [
        runner.Online ? runner.Id : $"{runner.Id} (away)", template.Template.Role, template.Agents.ToString(), template.Template.MaxCount.ToString(),
        (template.Template.Slots ?? 1).ToString(), SnakeCase.Of(template.Template.Restart ?? RestartPolicy.OnFailure),
        template.Template.Capabilities is { Count: > 0 } can ? Capabilities.Text(can) : "none",
    ];
}
