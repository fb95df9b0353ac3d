using System.Text.Json.Nodes;
using Waggle.Core.Agents;
using Waggle.Core.Swarms;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary><c>swarm_status</c></summary>
internal static class SwarmTools
{
    private const int MostRows = 50;
    private const int ShownCapabilities = 20;
    private const int ShownHolding = 10;
    private const int NameInLists = 120;

    public static Task<JsonObject> StatusAsync(ToolCall call) => call.Swarm() is { } swarm ? ShowAsync(call, swarm) : ListAsync(call);

    private static async Task<JsonObject> ListAsync(ToolCall call)
    {
        var cursor = new PageCursor("swarm_status");
        var from = cursor.NumberOf(call);
        var swarms = (await call.AskAsync(new ListSwarms { By = call.By })).Swarms;
        return await ToolJson.FitAsync(MostRows, most =>
        {
            var rows = swarms.Skip((int)Math.Min(from, swarms.Count)).Take(most).ToArray();
            var next = from + rows.Length;
            return Task.FromResult(
                new JsonObject { ["swarms"] = new JsonArray([.. rows.Select(Row)]) }.With("cursor", next < swarms.Count ? cursor.After(next) : null));
        });
    }

    private static async Task<JsonObject> ShowAsync(ToolCall call, string id)
    {
        var cursor = new PageCursor("swarm_status", id);
        var from = cursor.PlaceOf(call);
        var swarm = await call.AskAsync(new ShowSwarm(id) { By = call.By });
        return await ToolJson.FitAsync(MostRows, async most =>
        {
            var (agents, next) = await call.AskAsync(new ListAgents(id) { By = call.By, Cursor = from, Limit = most });
            return Row(swarm).With("members", new JsonArray([.. agents.Select(Row)])).With("cursor", cursor.After(next));
        });
    }

    private static JsonObject Row(SwarmView swarm) => new()
    {
        ["swarm"] = swarm.Id,
        ["name"] = PlainText.Clip(swarm.Name, NameInLists),
        ["state"] = SnakeCase.Of(swarm.State),
        ["agents"] = swarm.Agents,
        ["tasks"] = new JsonObject(swarm.Tasks.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value))),
    };

    private static JsonObject Row(AgentView agent) => new JsonObject
    {
        ["agent"] = agent.Id,
        ["status"] = SnakeCase.Of(agent.Status),
        ["slots"] = agent.Slots,
        ["capabilities"] = new JsonObject(agent.Capabilities.Take(ShownCapabilities).Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))),
    }
        .With("more_capabilities", agent.Capabilities.Count > ShownCapabilities ? agent.Capabilities.Count - ShownCapabilities : null)
        .With("types", agent.Types is { } types ? new JsonArray([.. types.Take(ShownCapabilities).Select(t => JsonValue.Create(t))]) : null)
        .With("holds", agent.Holding.Count > 0 ? new JsonArray([.. agent.Holding.Take(ShownHolding).Select(t => JsonValue.Create(t))]) : null);
}
