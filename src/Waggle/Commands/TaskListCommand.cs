using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle task list</c></summary>
internal static class TaskListCommand
{
    private static string States { get; } = string.Join(", ", Enum.GetValues<TaskState>().Select(SnakeCase.Of));

    public static Command Create()
    {
        var swarm = HubIds.SwarmOption("--swarm", "Only tasks of this swarm.");
        var states = new Option<TaskState[]>("--state")
        {
            Description = $"Only tasks in this state. May be repeated. One of {States}.",
            HelpName = "state",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(token =>
            {
                if (!SnakeCase.TryParse<TaskState>(token.Value, out var state)) result.AddError($"--state '{token.Value}' is not a state: {States}.");
                return state;
            })],
        };
        states.CompletionSources.Add([.. Enum.GetValues<TaskState>().Select(SnakeCase.Of)]);
        var parent = new Option<string?>("--parent") { Description = "Only subtasks of this task." };
        var agent = HubIds.AgentOption("--agent", "Only tasks that this agent holds.");
        var type = new Option<string?>("--type") { Description = "Only tasks of this type." };
        var text = new Option<string?>("--text")
        {
            Description = "Only tasks with all of these words in the title, type, error or metadata; word* is the beginning of a word.",
            HelpName = "words",
        };
        var error = new Option<string?>("--error") { Description = "Only tasks with this fingerprint of their error, see 'waggle task errors'." };
        var where = new Option<string?>("--where")
        {
            Description = "Only tasks that match, for example 'state:failed type:build login'. Keys: state, swarm, agent, parent, type, error, text."
                + " Another option replaces its key.",
            HelpName = "filter",
        };
        var limit = Numbers.Option("--limit", "The maximum number of tasks.", least: 1, most: 1_000_000, standard: 100);
        var all = new Option<bool>("--all") { Description = "No limit." };
        return HubCommand.Create(
            "list",
            "List tasks, newest first.",
            async call =>
            {
                var most = call.Get(all) ? int.MaxValue : call.Get(limit);
                if (!TaskQueryText.TryParse(call.Get(where) ?? "", out var query, out var problem))
                    throw new CliException($"--where: {problem}", ExitCodes.Usage);
                var filter = new TaskFilter
                {
                    Swarm = call.Get(swarm) ?? query.Swarm,
                    States = call.Get(states) is { Length: > 0 } wanted ? wanted : query.States,
                    Parent = call.Get(parent) ?? query.Parent,
                    Agent = call.Get(agent) ?? query.Agent,
                    Type = call.Get(type) ?? query.Type,
                    Text = call.Get(text) ?? query.Text,
                    Error = call.Get(error) ?? query.Error,
                    PageSize = most < Limits.MaxPageSize ? most + 1 : Limits.MaxPageSize,
                };
                var (tasks, more) = await ReadAsync(await call.ConnectAsync(), filter, most, call.Cancel);
                if (call.Print.IsJson) Printer.Json(writer => Write(writer, tasks, more));
                else
                    Printer.Table(
                        ["ID", "STATE", "AGE", "RAN", "PRIO", "ATTEMPT", "PROGRESS", "AGENT", "TITLE"],
                        [.. tasks.Select(t => Row(t, TimeProvider.System.GetUtcNow()))]);
                if (more) Printer.Note("There are more tasks: use --all or a larger --limit.");
                return ExitCodes.Ok;
            },
            swarm,
            states,
            parent,
            agent,
            type,
            text,
            error,
            where,
            limit,
            all);
    }

    private static async Task<(List<TaskView> Tasks, bool More)> ReadAsync(WaggleClient client, TaskFilter filter, int most, CancellationToken cancel)
    {
        var tasks = new List<TaskView>();
        await foreach (var task in client.ListTasksAsync(filter, cancel))
        {
            if (tasks.Count == most) return (tasks, true);
            tasks.Add(task);
        }

        return (tasks, false);
    }

    private static void Write(Utf8JsonWriter writer, List<TaskView> tasks, bool more)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tasks"u8);
        foreach (var task in tasks) JsonSerializer.Serialize(writer, task, HubJson.Default.TaskView);
        writer.WriteEndArray();
        writer.WriteBoolean("more"u8, more);
        writer.WriteEndObject();
    }

    private static string?[] Row(TaskView t, DateTimeOffset now) =>
    [
        t.Id, SnakeCase.Of(t.State), Durations.Short(now - t.CreatedAt), TaskText.Ran(t, now) is { } ran ? Durations.Short(ran) : null,
        t.Priority.ToString(CultureInfo.InvariantCulture), t.Attempt.ToString(CultureInfo.InvariantCulture),
        t.IsHeld() && t.Progress is { } p ? TaskText.Percent(p) : null, t.Lease?.Agent, PlainText.Clip(t.Spec.Title, 60),
    ];
}
