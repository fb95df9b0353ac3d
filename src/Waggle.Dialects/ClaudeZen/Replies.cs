using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
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
            case SpawnPage { Spawns: [var first, ..] spawns }:
                Send(output, now, call, (first, spawns), static (writer, s) =>
                {
                    SpawnFields.WriteFields(writer, s.first);
                    if (s.spawns.Count == 1) return;
                    writer.WriteStartArray("agents"u8);
                    foreach (var spawn in s.spawns) SpawnFields.Write(writer, spawn);
                    writer.WriteEndArray();
                });
                break;
            case TaskAck task:
                Send(output, now, call, task, static (writer, t) =>
                {
                    writer.WriteString("taskId"u8, t.Task);
                    writer.WriteString("status"u8, Vocabulary.Of(t.State));
                });
                break;
            case MemorySearchResult found:
                WriteFound(output, now, call, found);
                break;
            case MemoryEntryView entry:
                Send(output, now, call, entry, WriteEntry);
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

    // The document has the results of a search as a message of a channel; only the client that asked receives it.
    private static void WriteFound(IMessageWriter output, DateTimeOffset now, Call call, MemorySearchResult found)
    {
        Send(output, now, call, (call, found), WriteResults);
        if (call is { HearsMemory: true, IsRpc: false })
            ClaudeZenFrames.Write(output, "vector_search_complete", now, (call, found), WriteResults, Channels.Memory);
    }

    private static void WriteResults(Utf8JsonWriter writer, (Call Call, MemorySearchResult Found) s)
    {
        writer.WritePropertyName("queryId"u8);
        writer.WriteRawValue(s.Call.Id.Utf8.Span, skipInputValidation: true);
        writer.WriteString("query"u8, s.Call.Query);
        writer.WriteStartArray("results"u8);
        foreach (var hit in s.Found.Results) HitFields.Write(writer, hit);
        writer.WriteEndArray();
        writer.WriteNumber("executionTime"u8, Math.Round(s.Found.TookMs, 3));
        writer.WriteString("scoreKind"u8, s.Found.ScoreKind);
        if (s.Found.Embedder is { } embedder) writer.WriteString("embedder"u8, embedder);
        writer.WriteBoolean("semantic"u8, s.Found.Semantic);
        writer.WriteNumber("belowThreshold"u8, s.Found.BelowThreshold);
        if (s.Found.BestBelow is { } best) writer.WriteNumber("bestBelow"u8, best);
        if (s.Found.Reduced is { } reduced) writer.WriteString("reduced"u8, reduced);
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

    /// <summary>The status of a swarm in an answer; the page has the same rows.</summary>
    internal static ObjectMap<SwarmView> SwarmFields { get; } = new(
        Field<SwarmView>.Text("swarmId", "id", s => s.Id),
        Field<SwarmView>.Text("name", "name", s => s.Name),
        Field<SwarmView>.Text("status", "state", s => Vocabulary.Of(s.State)),
        Field<SwarmView>.Text("topology", "topology.current", s => s.Topology is { } topology ? Vocabulary.Of(topology.Current) : null),
        Field<SwarmView>.Group(
            "agents",
            Field<SwarmView>.Whole("total", "agents", s => s.Agents),
            Field<SwarmView>.Whole("active", "metrics.agents.working", s => s.Metrics?.Agents.GetValueOrDefault("working")),
            Field<SwarmView>.Whole("idle", "metrics.agents.idle", s => s.Metrics?.Agents.GetValueOrDefault("idle")),
            Field<SwarmView>.Whole("failed", "metrics.failed_agents", s => s.Metrics?.FailedAgents),
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

    private static ObjectMap<SpawnView> SpawnFields { get; } = new(
        Field<SpawnView>.Text("spawnId", "id", s => s.Id),
        Field<SpawnView>.Text("agentId", "agent", s => s.Agent),
        Field<SpawnView>.Text("agentType", "type", s => s.Type),
        Field<SpawnView>.Text("swarmId", "swarm", s => s.Swarm),
        Field<SpawnView>.Text("status", "state", s => SnakeCase.Of(s.State)));

    private static ObjectMap<MemoryHit> HitFields { get; } = new(
        Field<MemoryHit>.Text("id", "key", h => h.Key),
        Field<MemoryHit>.Text("namespace", "namespace", h => h.Namespace),
        Field<MemoryHit>.NumberOrNull("score", "score", h => h.Score is { } score ? Math.Round(score, 4) : null),
        Field<MemoryHit>.Text("content", "excerpt", h => h.Excerpt),
        Field<MemoryHit>.Value("metadata", "metadata", (writer, h) =>
        {
            writer.WriteStartObject();
            foreach (var (name, text) in h.Metadata ?? new Dictionary<string, string>()) writer.WriteString(name, text);
            writer.WriteEndObject();
        }));

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
