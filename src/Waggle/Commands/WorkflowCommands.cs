using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle workflow …</c></summary>
internal static class WorkflowCommands
{
    private static readonly string[] Conflicts = [.. Enum.GetValues<RunConflict>().Select(c => SnakeCase.Of(c))];

    public static Command Create() => new("workflow", "Define workflows, run them, and follow and manage their runs.")
    {
        Define(),
        Run(),
        Show(),
        List(),
        Signal(),
        Retry(),
        Cancel(),
        Delete(),
    };

    private static Command Define()
    {
        var file = new Argument<string>("file") { Description = "The definition: a file of JSON or YAML, or - for standard input." };
        return HubCommand.Create(
            "define",
            "Define a workflow, or its next version.",
            async call =>
            {
                var definition = await DefinitionFile.ReadAsync(call.Get(file), call.Cancel);
                var defined = await (await call.ConnectAsync()).Workflows.DefineAsync(definition, call.Cancel);
                if (call.Print.IsJson) Printer.Json(defined, HubJson.Default.WorkflowView);
                else Printer.Pairs(
                    [("workflow", defined.Id), ("version", Number(defined.Version)), ("swarm", defined.Swarm), ("steps", Number(defined.Steps))]);
                return ExitCodes.Ok;
            },
            file);
    }

    private static Command Run()
    {
        var workflow = new Argument<string>("workflow") { Description = "The workflow's id." };
        var version = new Option<int?>("--version") { Description = "The version. Default: the latest.", HelpName = "number" };
        var input = new Option<string?>("--input") { Description = "The input as JSON, @FILE, or - for standard input.", HelpName = "json" };
        var key = new Option<string?>("--key") { Description = "The subject of the run: at most one run of the workflow runs for each key.", HelpName = "key" };
        var conflict = new Option<string?>("--on-conflict")
        {
            Description = "What to do while another run has the key.",
            HelpName = string.Join('|', Conflicts),
        };
        conflict.AcceptOnlyFromAmong(Conflicts);
        var budget = BudgetOption.Create();
        var wait = new Option<bool>("--wait") { Description = "Follow the run to its end. Exit code 1 if it does not complete." };
        return HubCommand.Create(
            "run",
            "Start a run of a workflow.",
            async call =>
            {
                var start = new WorkflowStart
                {
                    Workflow = call.Get(workflow),
                    Version = call.Get(version),
                    Input = call.Get(input) is { } text ? await TaskInput.JsonAsync(text, "--input", "--input '\"text\"'", call.Cancel) : default,
                    Key = call.Get(key),
                    Budget = call.Get(budget),
                    OnConflict = call.Get(conflict) is { } name && SnakeCase.TryParse<RunConflict>(name, out var value) ? value : null,
                };
                var client = await call.ConnectAsync(patient: call.Get(wait));
                var run = await client.Workflows.StartAsync(start, call.Cancel);
                return call.Get(wait) ? await WorkflowFollow.RunAsync(call, client, run.Id) : WorkflowText.Print(call, run, null);
            },
            workflow, version, input, key, conflict, budget, wait);
    }

    private static Command Show()
    {
        var run = RunArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Follow the run to its end. Exit code 1 if it does not complete." };
        return HubCommand.Create(
            "show",
            "Print a run and the tree of its steps.",
            async call =>
            {
                var client = await call.ConnectAsync(patient: call.Get(follow));
                if (call.Get(follow)) return await WorkflowFollow.RunAsync(call, client, call.Get(run));
                var found = await client.Workflows.GetRunAsync(call.Get(run), call.Cancel);
                if (found is null) return Cli.Fail($"There is no workflow run '{call.Get(run)}'.", ExitCodes.Failed);
                return WorkflowText.Print(call, found, await client.Workflows.StepsAsync(found.Id, call.Cancel).ToListAsync(call.Cancel));
            },
            run, follow);
    }

    private static Command List()
    {
        var workflow = new Argument<string?>("workflow") { Description = "Only runs of this workflow.", Arity = ArgumentArity.ZeroOrOne };
        var definitions = new Option<bool>("--definitions") { Description = "List the workflows themselves." };
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        return HubCommand.Create(
            "list",
            "List runs, the newest first.",
            async call =>
            {
                var client = (await call.ConnectAsync()).Workflows;
                if (call.Get(definitions))
                {
                    var workflows = await client.ListAsync(cancel: call.Cancel).Take(call.Get(limit)).ToListAsync(call.Cancel);
                    if (call.Print.IsJson) Printer.Json(writer => Write(writer, "workflows", workflows, HubJson.Default.WorkflowView));
                    else Printer.Table(["WORKFLOW", "VERSION", "STEPS", "SWARM", "DEFINED"], [.. workflows.Select(Row)]);
                    return ExitCodes.Ok;
                }

                var runs = await client.ListRunsAsync(call.Get(workflow), cancel: call.Cancel).Take(call.Get(limit)).ToListAsync(call.Cancel);
                if (call.Print.IsJson) Printer.Json(writer => Write(writer, "runs", runs, HubJson.Default.WorkflowRunView));
                else Printer.Table(["RUN", "WORKFLOW", "STATE", "PROGRESS", "KEY", "CREATED"], [.. runs.Select(Row)]);
                return ExitCodes.Ok;
            },
            workflow, definitions, limit);
    }

    private static Command Signal()
    {
        var run = RunArgument();
        var name = new Argument<string>("signal") { Description = "The name of the signal." };
        var payload = new Option<string?>("--payload") { Description = "The payload as JSON, @FILE, or - for standard input.", HelpName = "json" };
        return HubCommand.Create(
            "signal",
            "Send a signal to a run.",
            async call =>
            {
                var sent = call.Get(payload) is { } text ? await TaskInput.JsonAsync(text, "--payload", "--payload '\"text\"'", call.Cancel) : default;
                var client = (await call.ConnectAsync()).Workflows;
                return WorkflowText.Print(call, await client.SignalAsync(call.Get(run), call.Get(name), sent, call.Cancel), null);
            },
            run, name, payload);
    }

    private static Command Retry()
    {
        var run = RunArgument();
        return HubCommand.Create(
            "retry",
            "Run the steps of a failed or cancelled run again that did not complete.",
            async call => WorkflowText.Print(call, await (await call.ConnectAsync()).Workflows.RetryAsync(call.Get(run), call.Cancel), null),
            run);
    }

    private static Command Cancel()
    {
        var run = RunArgument();
        var reason = new Option<string?>("--reason") { Description = "The reason, which the run keeps.", HelpName = "text" };
        return HubCommand.Create(
            "cancel",
            "Cancel a run and its running steps.",
            async call =>
            {
                var cancelled = await (await call.ConnectAsync()).Workflows.CancelAsync(call.Get(run), call.Get(reason), call.Cancel);
                return WorkflowText.Print(call, cancelled, null);
            },
            run, reason);
    }

    private static Command Delete()
    {
        var workflow = new Argument<string>("workflow") { Description = "The workflow's id." };
        var version = new Option<int?>("--version") { Description = "One version that is not the latest. Default: all.", HelpName = "number" };
        return HubCommand.Create(
            "delete",
            "Delete a workflow that has no open runs, or one of its versions.",
            async call =>
            {
                var deleted = await (await call.ConnectAsync()).Workflows.DeleteAsync(call.Get(workflow), call.Get(version), call.Cancel);
                if (call.Print.IsJson) Printer.Json(deleted, HubJson.Default.WorkflowView);
                else Printer.Line(call.Get(version) is { } one ? $"deleted version {one} of {deleted.Id}" : $"deleted {deleted.Id}");
                return ExitCodes.Ok;
            },
            workflow, version);
    }

    private static Argument<string> RunArgument() => new("run") { Description = "The run's id." };

    private static void Write<T>(Utf8JsonWriter writer, string name, List<T> items, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        writer.WriteStartObject();
        writer.WriteStartArray(name);
        foreach (var item in items) JsonSerializer.Serialize(writer, item, type);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string?[] Row(WorkflowView w) => [w.Id, Number(w.Version), Number(w.Steps), w.Swarm, Printer.Time(w.DefinedAt)];

    private static string?[] Row(WorkflowRunView r) =>
        [r.Id, r.Workflow, SnakeCase.Of(r.State), WorkflowText.Percent(r.Progress), r.Key, Printer.Time(r.CreatedAt)];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
