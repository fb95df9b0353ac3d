using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// Writes answers to requests. A failure is a <c>response</c>, too: the document's client resolves a request by its id alone and would wait 30 s for an error.
/// </summary>
internal static class Replies
{
    public static void Write(IMessageWriter output, DateTimeOffset now, Call call, in Outcome outcome)
    {
        if (outcome.Error is { } error)
        {
            Refuse(output, now, call, Trouble.Of(error));
            return;
        }

        switch (outcome.Value)
        {
            case HiveOverview overview when call.Swarm is { } id:
                if (overview.Swarms.FirstOrDefault(s => s.Id == id) is { } swarm)
                    Send(output, now, call, (overview, swarm), static (writer, s) => WriteSwarm(writer, s.swarm, s.overview));
                else Refuse(output, now, call, new(ErrorCodes.NotFound, $"There is no swarm '{PayloadReader.Clip(id)}'."));
                break;
            case HiveOverview overview when call.Action == "agents.status":
                Send(output, now, call, overview, static (writer, o) => WriteAgents(writer, "agents", o.Agents));
                break;
            case HiveOverview overview:
                Send(output, now, call, overview, WriteHealth);
                break;
            case MemoryEntryView entry:
                Send(output, now, call, entry, WriteEntry);
                break;
            case MemorySearchResult found:
                Send(output, now, call, (call.Query, found), static (writer, s) => WriteFound(writer, s.Query, s.found));
                break;
            case SpawnPage page:
                Send(output, now, call, page.Spawns[0], static (writer, s) =>
                {
                    writer.WriteString("agentId"u8, s.Agent);
                    writer.WriteString("swarmId"u8, s.Swarm);
                    writer.WriteString("agentType"u8, s.Type);
                    writer.WriteString("status"u8, "starting"u8);
                });
                break;
            case SwarmView shown when call.Action == "get_swarm_status":
                Send(output, now, call, shown, static (writer, s) => WriteSwarm(writer, s, null));
                break;
            case SwarmView created:
                Send(output, now, call, created, static (writer, s) =>
                {
                    writer.WriteString("id"u8, s.Id);
                    writer.WriteString("name"u8, s.Name);
                    writer.WriteString("status"u8, Vocabulary.Of(s.State));
                });
                break;
            default:
                Send(output, now, call, call, static (_, _) => { });
                break;
        }
    }

    public static void Refuse(IMessageWriter output, DateTimeOffset now, Call call, Trouble trouble)
    {
        if (call.IsRpc) ConsoleFrames.Failed(output, call, trouble);
        else ClaudeZenFrames.Write(output, "response", now, trouble, static (writer, t) =>
        {
            writer.WriteBoolean("success"u8, false);
            writer.WriteStartObject("error"u8);
            ClaudeZenFrames.WriteTrouble(writer, t);
            writer.WriteEndObject();
        }, id: call.Id);
    }

    public static void Send<T>(IMessageWriter output, DateTimeOffset now, Call call, T state, Action<Utf8JsonWriter, T> fields)
    {
        if (call.IsRpc) ConsoleFrames.Result(output, call, state, fields);
        else ClaudeZenFrames.Write(output, "response", now, (state, fields), static (writer, s) =>
        {
            writer.WriteBoolean("success"u8, true);
            s.fields(writer, s.state);
        }, id: call.Id);
    }

    /// <param name="overview">The overview with the agents of the swarm; null for an answer without them.</param>
    private static void WriteSwarm(Utf8JsonWriter writer, SwarmView swarm, HiveOverview? overview)
    {
        SwarmFields.WriteFields(writer, swarm);
        if (overview is not null) WriteAgents(writer, "members", overview.Agents.Where(a => a.Swarm == swarm.Id));
    }

    private static void WriteAgents(Utf8JsonWriter writer, string name, IEnumerable<AgentView> agents)
    {
        writer.WriteStartArray(name);
        foreach (var agent in agents) AgentFields.Write(writer, agent);
        writer.WriteEndArray();
    }

    private static void WriteHealth(Utf8JsonWriter writer, HiveOverview overview)
    {
        if (overview.System is { } system)
        {
            writer.WriteString("status"u8, Vocabulary.Of(system.Status));
            writer.WriteNumber("uptime"u8, system.Process.UptimeMs);
        }

        writer.WriteNumber("swarms"u8, overview.Swarms.Count);
        writer.WriteNumber("agents"u8, overview.AgentCount);
        writer.WriteNumber("activeAgents"u8, overview.AgentsAtWork);
        writer.WriteNumber("openTasks"u8, overview.OpenTasks.Values.Sum());
    }

    private static void WriteEntry(Utf8JsonWriter writer, MemoryEntryView entry)
    {
        writer.WriteString("key"u8, entry.Key);
        writer.WriteString("namespace"u8, entry.Namespace);
        writer.WriteNumber("version"u8, entry.Version);
        writer.WriteNumber("size"u8, entry.Bytes);
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, entry.UpdatedAt);
    }

    // The document's fields of vector_search_complete. An entry without a vector has no score.
    private static void WriteFound(Utf8JsonWriter writer, string? query, MemorySearchResult found)
    {
        writer.WriteString("query"u8, query);
        writer.WriteStartArray("results"u8);
        foreach (var hit in found.Results)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, hit.Key);
            writer.WriteString("namespace"u8, hit.Namespace);
            if (hit.Score is { } score) writer.WriteNumber("score"u8, score);
            if (hit.Excerpt is { } text) writer.WriteString("content"u8, text);
            writer.WriteStartObject("metadata"u8);
            foreach (var (name, value) in hit.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal)) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("executionTime"u8, found.TookMs);
        writer.WriteBoolean("semantic"u8, found.Semantic);
        writer.WriteNumber("belowThreshold"u8, found.BelowThreshold);
    }

    /// <summary>The status of a swarm in an answer; the page has the same rows.</summary>
    internal static ObjectMap<SwarmView> SwarmFields { get; } = new(
        Field<SwarmView>.Text("swarmId", "id", s => s.Id),
        Field<SwarmView>.Text("name", "name", s => s.Name),
        Field<SwarmView>.Text("status", "state", s => Vocabulary.Of(s.State)),
        Field<SwarmView>.Group(
            "agents",
            Field<SwarmView>.Whole("total", "agents", s => s.Agents),
            Field<SwarmView>.Whole("active", "metrics.agents.working", s => s.Metrics?.Agents.GetValueOrDefault("working")),
            Field<SwarmView>.Whole("idle", "metrics.agents.idle", s => s.Metrics?.Agents.GetValueOrDefault("idle")),
            Field<SwarmView>.Whole("offline", "metrics.agents.offline", s => s.Metrics?.Agents.GetValueOrDefault("offline"))),
        Field<SwarmView>.Value("tasks", "tasks: open tasks by state", (writer, s) =>
        {
            writer.WriteStartObject();
            foreach (var (state, count) in s.Tasks) writer.WriteNumber(state, count);
            writer.WriteEndObject();
        }),
        Field<SwarmView>.Group(
            "performance",
            Field<SwarmView>.Whole("tasksCompleted", "metrics.totals.completed", s => s.Metrics?.Totals.Completed),
            Field<SwarmView>.NumberOrNull("averageResponseTime", "metrics.window.average_ms", s => s.Metrics?.Window.AverageMs),
            Field<SwarmView>.NumberOrNull("throughput", "metrics.window.completed_per_minute", s => s.Metrics?.Window.CompletedPerMinute)));

    private static ObjectMap<AgentView> AgentFields { get; } = new(
        Field<AgentView>.Text("agentId", "id", a => a.Id),
        Field<AgentView>.Text("name", "name", a => a.Name),
        Field<AgentView>.Text("agentType", "type", a => a.Type),
        Field<AgentView>.Text("swarmId", "swarm", a => a.Swarm),
        Field<AgentView>.Text("status", "status, holding", a => Vocabulary.Of(a.Status, a.Holding.Count)),
        Field<AgentView>.Value("capabilities", "capabilities: the names", (writer, a) =>
        {
            writer.WriteStartArray();
            foreach (var name in a.Capabilities.Keys.Order(StringComparer.Ordinal)) writer.WriteStringValue(name);
            writer.WriteEndArray();
        }),
        Field<AgentView>.Whole("tasksCompleted", "completed", a => a.Completed));
}
