using System.CommandLine;
using Waggle.Agents.Models;
using Waggle.Exec.Coding;
using Waggle.Exec.Models;
using Waggle.Protocol;
using Waggle.Shared;

namespace Waggle.Exec;

/// <summary><c>waggle worker</c>: runs any program as an agent.</summary>
internal static class WorkerCommand
{
    /// <param name="models">Opens the worker of a model; null in a program without the libraries for models.</param>
    public static Command Create(Func<ModelOptions, IModelWorker>? models)
    {
        var exec = new Option<string?>("--exec")
        {
            Description = "The command to run for each task: /bin/sh -c COMMAND, with the task as JSON on its standard input.",
            HelpName = "command",
        };
        var coding = new CodingSettings();
        var model = new ModelSettings();
        var vote = new Option<string?>("--vote")
        {
            Description = "The command that decides votes: it prints the option. Default: the agent does not vote.",
            HelpName = "command",
        };
        var onMessage = new Option<string?>("--on-message")
        {
            Description = "The command to run for each message to the agent, with the message as JSON on its standard input. The hub keeps a message until "
                + "the command has ended with 0. Default: messages wait at the hub.",
            HelpName = "command",
        };
        var swarm = new Option<string?>("--swarm") { Description = "The swarm to work for. Default: default." };
        var name = new Option<string?>("--name") { Description = "The agent's id. Default: the hub generates one." };
        var capabilities = Capabilities.Option("--capability", "A capability of the agent and its proficiency (default 1). May be repeated.", standard: 1);
        var types = new Option<string[]>("--type")
        {
            Description = "A task type that the agent accepts; it receives no other types. May be repeated. Default: all types.",
            HelpName = "type"
        };
        types.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!Ids.IsValid(token.Value)) result.AddError(Ids.Rule("--type", token.Value));
            }
        });
        var slots = Numbers.Option("--slots", "The number of tasks to run at the same time.", least: 1, most: Limits.MaxSlots, standard: Slots());
        var killAfter =
            Durations.Option("--kill-after", "The grace period between SIGTERM and SIGKILL when a task is cancelled or stopped.", TimeSpan.FromSeconds(5));
        var grace =
            Durations.Option("--grace", "How long running tasks may continue after the worker receives SIGINT, SIGTERM or SIGHUP.", TimeSpan.FromSeconds(10));
        var retry = new Option<bool>("--retry-in-use")
        {
            Description = "Wait and retry while another worker uses the agent's id; false: exit with an error.",
            DefaultValueFactory = _ => true
        };
        var result = new Option<ResultForm>("--result")
        {
            Description = "How to read the result from standard output; the default is auto. auto: the last line if it is a JSON object, otherwise the "
                + "whole output as text; json: the whole output as one JSON value; text: the whole output as text; last-json: the last line as any JSON value.",
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
        var passToken = new Option<bool>(
            "--pass-token")
        { Description = "Pass the worker's token to the command in WAGGLE_TOKEN. By default the command receives no token." };
        var mcp = new Option<string?>("--mcp")
        {
            Description = "With --exec, without a value: give the command the MCP configuration of its task, limited to sub-tasks: WAGGLE_TASK_MCP_CONFIG names "
                + "the file, for example for 'claude --mcp-config'. Also WAGGLE_TASK_MCP_URL and WAGGLE_TASK_MCP_TOKEN. With --model: the file with the MCP "
                + "servers whose tools the model may use.",
            HelpName = "file",
            Arity = ArgumentArity.ZeroOrOne,
        };
        name.Validators.Add(given =>
        {
            if (given.Tokens is [var token, ..] && !Ids.IsValid(token.Value)) given.AddError(Ids.Rule("--name", token.Value));
        });
        var command = HubCommand.Create(
            "worker",
            "Run any program, coding agent or language model as an agent: run it for each task.",
            call => RunAsync(call, Open(call), new ExecOptions
            {
                Url = call.Url,
                Token = call.Token,
                Command = call.Get(exec) ?? "",
                Coding = coding.Read(call),
                VoteCommand = call.Get(vote),
                MessageCommand = call.Get(onMessage),
                Result = call.Get(result),
                PassToken = call.Get(passToken),
                Mcp = call.Has(mcp),
                Swarm = call.Get(swarm) ?? Variable("WAGGLE_AGENT_SWARM"),
                Name = call.Get(name) ?? Variable("WAGGLE_AGENT_ID"),
                Capabilities = call.Get(capabilities),
                Types = call.Get(types) ?? [],
                Slots = call.Get(slots),
                KillAfter = call.Get(killAfter).Value,
                Grace = call.Get(grace).Value,
                RetryInUse = call.Get(retry),
                Secret = Variable(TaskEnvironment.SecretVariable),
                SpawnToken = Variable(TaskEnvironment.SpawnTokenVariable),
            }),
            [exec,
            .. coding.All,
            .. model.All,
            vote,
            onMessage,
            result,
            passToken,
            mcp,
            swarm,
            name,
            capabilities,
            types,
            slots,
            killAfter,
            grace,
            retry]);
        var choice = new WorkerChoice(exec, coding, model, result, mcp, passToken, vote, onMessage);
        command.Validators.Add(given =>
        {
            if (choice.Problem(given) is { } problem) given.AddError(problem);
        });
        return command;

        IModelWorker? Open(HubCall call)
        {
            if (call.Has(exec) || call.Has(coding.Agent)) return null;
            if (models is null) throw new CliException("this program has no libraries for models; run 'waggle worker --model'.");
            return models(model.Read(call, ModelSpec.Parse(call.Get(coding.Model)!)!, coding, call.Get(mcp)));
        }
    }

    // A runner tells the processes that it starts how many tasks they may take.
    private static int Slots() => int.TryParse(Variable("WAGGLE_AGENT_SLOTS"), out var slots) && slots is > 0 and <= Limits.MaxSlots ? slots : 1;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static async Task<int> RunAsync(HubCall call, IModelWorker? model, ExecOptions options)
    {
        await using var _ = model;
        call.BePatient();
        await using var journal = WorkerJournal.To(call.Print);
        using var worker = new ExecWorker(options, model, journal, call.Interrupt);
        await worker.RunAsync(call.RetryWindow);
        return ExitCodes.Ok;
    }
}
