using System.CommandLine;
using Waggle.Commands.Shared;
using Waggle.Exec;
using Waggle.Protocol;

namespace Waggle.Commands;

/// <summary><c>waggle worker</c>: any program as an agent.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var exec = new Option<string>("--exec")
        {
            Description = "The command that does a task: /bin/sh -c COMMAND, the task as JSON on its standard input.",
            HelpName = "command",
            Required = true,
        };
        var swarm = new Option<string?>("--swarm") { Description = "The swarm to work for. Default: default." };
        var name = new Option<string?>("--name") { Description = "The agent's id. Default: the hub gives one." };
        var capabilities = Capabilities.Option("--capability", "What it can do, and how well (default 1). May be repeated.", standard: 1);
        var types = new Option<string[]>("--type") { Description = "A type of tasks that it takes; may be repeated. It gets these and no others. Default: all.", HelpName = "type" };
        types.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!Ids.IsValid(token.Value)) result.AddError(Ids.Rule("--type", token.Value));
            }
        });
        var slots = Numbers.Option("--slots", "How many tasks at a time.", least: 1, most: Limits.MaxSlots, standard: 1);
        var killAfter = Durations.Option("--kill-after", "From SIGTERM to SIGKILL when a task is cancelled or stopped.", TimeSpan.FromSeconds(5));
        var grace = Durations.Option("--grace", "How long running tasks may go on after the worker got SIGINT, SIGTERM or SIGHUP.", TimeSpan.FromSeconds(10));
        var retry = new Option<bool>("--retry-in-use") { Description = "While another worker has the name, wait and try again; false: give up.", DefaultValueFactory = _ => true };
        var result = new Option<ResultForm>("--result")
        {
            Description = "What of its standard output is the result; auto unless given. auto: the last line if it is a JSON object, else all as text; json: all is one JSON value; text: all as text; last-json: the last line, any JSON value.",
            HelpName = "auto|json|text|last-json",
            CustomParser = parsed =>
            {
                switch (parsed.Tokens[0].Value)
                {
                    case "auto": return ResultForm.Auto;
                    case "json": return ResultForm.Json;
                    case "text": return ResultForm.Text;
                    case "last-json": return ResultForm.LastJson;
                    default:
                        parsed.AddError($"--result '{parsed.Tokens[0].Value}' is not auto, json, text or last-json.");
                        return ResultForm.Auto;
                }
            },
        };
        result.CompletionSources.Add("auto", "json", "text", "last-json");
        var passToken = new Option<bool>("--pass-token") { Description = "Hand the worker's token to the command, in WAGGLE_TOKEN. Without it the command gets none." };
        name.Validators.Add(given =>
        {
            if (given.Tokens is [var token, ..] && !Ids.IsValid(token.Value)) given.AddError(Ids.Rule("--name", token.Value));
        });
        return HubCommand.Create(
            "worker",
            "Make any program an agent: run a command for each task.",
            call => RunAsync(call, new ExecOptions
            {
                Url = call.Url,
                Token = call.Token,
                Command = call.Get(exec),
                Result = call.Get(result),
                PassToken = call.Get(passToken),
                Swarm = call.Get(swarm),
                Name = call.Get(name),
                Capabilities = call.Get(capabilities),
                Types = call.Get(types) ?? [],
                Slots = call.Get(slots),
                KillAfter = call.Get(killAfter).Value,
                Grace = call.Get(grace).Value,
                RetryInUse = call.Get(retry),
                Secret = Environment.GetEnvironmentVariable(TaskEnvironment.SecretVariable) is { Length: > 0 } secret ? secret : null,
            }),
            exec,
            result,
            passToken,
            swarm,
            name,
            capabilities,
            types,
            slots,
            killAfter,
            grace,
            retry);
    }

    private static async Task<int> RunAsync(HubCall call, ExecOptions options)
    {
        call.BePatient();
        await using var journal = WorkerJournal.To(call.Print);
        using var worker = new ExecWorker(options, journal, call.Interrupt);
        await worker.RunAsync(call.RetryWindow);
        return ExitCodes.Ok;
    }
}
