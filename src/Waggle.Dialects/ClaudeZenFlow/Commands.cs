using System.Globalization;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <param name="Becomes">The description for the dialect's page.</param>
/// <param name="Answer">The event that answers a client without an acknowledgement.</param>
internal sealed record ClientCommand(string Name, string Becomes, string Answer, Func<Call, PayloadReader, Principal, Intent> Read);

/// <summary>The commands of clients. HTTP uses the same bodies.</summary>
internal static class Commands
{
    private const int MaxQuoted = 40;

    private const string NoEngine = "agents";

    private static readonly string[] OfSwarms = ["name", "topology", NoEngine];

    public static IReadOnlyList<ClientCommand> All { get; } =
    [
        new(
            "swarm:create", "Creates the swarm `name` with the `topology` mesh, star, hierarchical, ring, hierarchical-mesh or adaptive.",
            "swarm:create", (call, body, by) => new CommandIntent(call, Swarm(body, by))),
        new(
            "task:create",
            "Creates a task: `title`, `description`, `type`, `priority`, `assignee` (an agent's id, or `auto`), `requirements`, `input`, `swarmId`.",
            "task:create", (call, body, by) => new CommandIntent(call, Task(body, by))),
        new("system:status:get", "The hive at a glance.", "system:status", (call, _, _) => new OverviewIntent(call)),
    ];

    /// <summary>The names of all commands that the hub supports.</summary>
    public static string Names { get; } = $"subscribe, unsubscribe, ping, pong, {string.Join(", ", All.Select(c => c.Name))}";

    public static ClientCommand? Find(string name)
    {
        foreach (var command in All)
        {
            if (command.Name == name) return command;
        }

        return null;
    }

    public static CreateSwarm Swarm(PayloadReader body, Principal by)
    {
        if (body.Json.ValueKind != JsonValueKind.Object) throw PayloadReader.Invalid("A swarm is an object with a name.");
        if (body.Find(NoEngine) is not null)
        {
            throw new DialectException(new Error(
                ErrorCodes.NotAvailable,
                $"{NoEngine}: leave it out: a swarm is created without agents. They join as their workers connect; agent.spawn of waggle.v1 starts them."));
        }

        foreach (var property in body.Json.EnumerateObject())
        {
            if (!OfSwarms.Contains(property.Name))
                throw PayloadReader.Invalid($"'{PlainText.Clip(property.Name, MaxQuoted)}' is not a property of a swarm; there are name and topology.");
        }

        return body.Find("name") is var (given, _) && given.ValueKind == JsonValueKind.String
            ? new CreateSwarm(given.GetString()!, null, Topology(body)) { By = by }
            : throw PayloadReader.Invalid("name is missing: the swarm's name, text.");
    }

    private static TopologySpec? Topology(PayloadReader body)
    {
        if (body.Find("topology") is not var (value, name)) return null;
        var kind = value.ValueKind == JsonValueKind.String ? Vocabulary.ReadTopology(value.GetString()!) : null;
        return new TopologySpec { Kind = kind ?? throw PayloadReader.Wrong(name, $"one of {Vocabulary.Topologies}", value) };
    }

    private static CreateTasks Task(PayloadReader body, Principal by)
    {
        if (body.Json.ValueKind != JsonValueKind.Object) throw PayloadReader.Invalid("A task is an object with a title.");
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body.Text("description") is { } description) metadata["description"] = description;
        if (body.Whole("estimatedDuration") is { } estimate) metadata["estimated_duration_ms"] = estimate.ToString(CultureInfo.InvariantCulture);
        var assignee = body.Text("assignee");
        var spec = new TaskSpec
        {
            Title = body.RequiredText("title"),
            Type = body.Text("type"),
            Priority = Priority(body),
            Swarm = body.Text("swarmId"),
            Requires = Requirements(body),
            AssignTo = assignee == "auto" ? null : assignee,
            Input = body.Find("input") is var (input, _) ? RawJson.From(input) : default,
            Metadata = metadata.Count == 0 ? null : metadata,
        };
        return new CreateTasks([spec]) { By = by };
    }

    private static int? Priority(PayloadReader body)
    {
        if (body.Find("priority") is not var (value, name)) return null;
        var priority = value.ValueKind == JsonValueKind.String ? Vocabulary.ReadPriority(value.GetString()!) : null;
        return priority ?? throw PayloadReader.Wrong(name, $"one of {Vocabulary.PriorityWords}", value);
    }

    // ["security"] asks for the capability at any proficiency; {"security": 0.7} for a minimum.
    private static Dictionary<string, double>? Requirements(PayloadReader body)
    {
        if (body.Find("requirements") is not var (value, name)) return null;
        var requires = new Dictionary<string, double>(StringComparer.Ordinal);
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var one in value.EnumerateObject())
                requires[one.Name] = PayloadReader.NumberOf(one.Value) ?? throw PayloadReader.Wrong($"{name}.{one.Name}", "a number from 0 to 1", one.Value);
            return requires;
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            throw PayloadReader.Wrong(name, "a list of capabilities, or an object with the least proficiency of each", value);
        foreach (var capability in value.EnumerateArray()) requires[capability.GetString()!] = 0;
        return requires;
    }
}
