using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Memory;
using Waggle.Core.Runners;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeZen;

/// <param name="Becomes">The description for the dialect's page.</param>
internal sealed record ClientAction(string Name, string Becomes, Func<Call, PayloadReader, Principal, Intent> Read);

/// <summary>The actions of requests: those of the document, then those of the repository's dashboards.</summary>
internal static class Actions
{
    private const string DefaultNamespace = "default";

    public static IReadOnlyList<ClientAction> All { get; } =
    [
        new(
            "get_swarm_status", "The swarm `swarmId` (`default` without one): its state, agents and figures. With `detailed`, each agent.",
            Status),
        new(
            "spawn_agent",
            "Starts an agent of `agentType` in `swarmId`, optionally with some of its `capabilities`, a `name` or a `count`. Without a runner that has a "
                + "template for the type: `NOT_AVAILABLE`.",
            (call, body, by) => new CommandIntent(call, Spawn(body, by))),
        new(
            "assign_task", "`task.assign` of the waiting task `taskId` to `agentId`, optionally with a new `priority`: critical, high, medium, low.",
            (call, body, by) => new CommandIntent(call, Assign(body, by))),
        new(
            "memory_store",
            "`memory.put` of `key` in `namespace` (`default` without one) with `value`; also `swarmId`, `ttl` in ms, `ifVersion`, `metadata`, "
                + "`idempotencyKey`.",
            (call, body, by) => new CommandIntent(call, Store(body, by))),
        new(
            "vector_search",
            "`memory.search` of `query`, with `limit` and `threshold` (0 to 1); also `namespace`, `swarmId`. A client on `memory-events` also receives "
                + "`vector_search_complete`.",
            (call, body, _) => Search(call, body)),
        new("system.health", "The health of the hub, its uptime and its counts.", (call, _, _) => new OverviewIntent(call)),
        new("agents.status", "The agents of all swarms.", (call, _, _) => new OverviewIntent(call)),
        new(
            "swarm.create", "Creates the swarm `name`, optionally with its `id`.",
            (call, body, by) => new CommandIntent(call, new CreateSwarm(body.RequiredText("name"), body.Text("id")) { By = by })),
    ];

    public static string Names { get; } = string.Join(", ", All.Select(a => a.Name).Append(Capabilities));

    /// <summary>The action that the dialect answers by itself.</summary>
    public const string Capabilities = "system.capabilities";

    public static ClientAction? Find(string name)
    {
        foreach (var action in All)
        {
            if (action.Name == name) return action;
        }

        return null;
    }

    // The agents of a swarm are in the overview of the hive.
    private static Intent Status(Call call, PayloadReader body, Principal by)
    {
        var swarm = body.Text("swarmId", "swarm") ?? SwarmEntity.DefaultId;
        return body.Flag("detailed") == true ? new OverviewIntent(call with { Swarm = swarm }) : new CommandIntent(call, new ShowSwarm(swarm) { By = by });
    }

    private static MemoryIntent Search(Call call, PayloadReader body)
    {
        var query = body.RequiredText("query");
        return new(call with { Query = query }, new MemorySearch
        {
            Query = query,
            Limit = body.Whole("limit"),
            Threshold = body.Number("threshold"),
            Namespace = body.Text("namespace"),
            Swarm = body.Text("swarmId"),
        });
    }

    private static SpawnAgents Spawn(PayloadReader body, Principal by)
    {
        string[]? capabilities = body.Find("capabilities") is not var (value, name) ? null
            : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
                ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
                : throw PayloadReader.Wrong(name, "a list of names", value);
        return new(null, body.RequiredText("agentType", "type"), body.Whole("count") ?? 1, body.Text("swarmId"), capabilities, body.Text("name")) { By = by };
    }

    private static AssignTask Assign(PayloadReader body, Principal by)
    {
        int? priority = body.Text("priority") is not { } word ? null
            : Vocabulary.ReadPriority(word)
                ?? throw PayloadReader.Invalid($"priority is one of {Vocabulary.PriorityWords}; it was '{PayloadReader.Clip(word)}'.");
        return new(body.RequiredText("taskId"), body.RequiredText("agentId"), priority) { By = by };
    }

    private static PutMemory Store(PayloadReader body, Principal by)
    {
        if (!body.Json.TryGetProperty("value", out var value)) throw PayloadReader.Invalid("value is missing: the JSON value to store.");
        var version = body.Number("ifVersion");
        return new PutMemory(
            body.Text("namespace") ?? DefaultNamespace,
            body.RequiredText("key"),
            RawJson.From(value),
            body.Text("swarmId"),
            version is null ? null : (long)version,
            PutMemory.After(body.Number("ttl") is { } ttl ? (long)Math.Clamp(ttl, -1, 1e15) : null))
        {
            By = by,
            Metadata = Metadata(body),
            IdempotencyKey = body.Text("idempotencyKey"),
        };
    }

    private static Dictionary<string, string>? Metadata(PayloadReader body)
    {
        if (body.Find("metadata") is not var (value, name)) return null;
        if (value.ValueKind != JsonValueKind.Object) throw PayloadReader.Wrong(name, "an object", value);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => property.Value.GetRawText(),
                _ => throw PayloadReader.Wrong($"{name}.{property.Name}", "text", property.Value),
            };
        }

        return metadata;
    }
}
