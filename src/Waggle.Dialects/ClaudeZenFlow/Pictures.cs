using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>A created task with its specification.</summary>
internal sealed record CreatedTask(TaskCreated Created, TaskSpec Spec);

/// <summary>
/// The objects of answers, field by field, the same over Socket.IO and HTTP. The dialect's page has the same rows. A field without a known source is left out.
/// </summary>
internal static class Pictures
{
    // The source is a view and not a record.
    private static readonly Record NoRecord = new(default, "", "", RecordClass.Latest, default, null, default);

    public static IReadOnlyList<FieldMap<SwarmView>> Swarm { get; } =
    [
        Field<SwarmView>.Text("id", "id", s => s.Id),
        Field<SwarmView>.Text("name", "name", s => s.Name),
        Field<SwarmView>.Text("status", "state: active, paused, stopped", s => Vocabulary.Of(s.State)),
        Field<SwarmView>.Text("topology", "topology.current", s => s.Topology is { } t ? Vocabulary.Of(t.Current) : null),
        Field<SwarmView>.Whole("agents", "agents that joined it", s => s.Agents),
        Field<SwarmView>.Whole("tasks", "open tasks", s => s.Tasks.Values.Sum()),
        Field<SwarmView>.Time("createdAt", "created_at", (s, _) => s.CreatedAt),
    ];

    public static IReadOnlyList<FieldMap<CreatedTask>> Task { get; } =
    [
        Field<CreatedTask>.Text("id", "id", t => t.Created.Id),
        Field<CreatedTask>.Text("title", "spec.title", t => t.Spec.Title),
        Field<CreatedTask>.Text("status", "state: pending, in-progress, completed, failed, cancelled", t => Vocabulary.Of(t.Created.State)),
        Field<CreatedTask>.Whole("matchingAgents", "matching_agents", t => t.Created.MatchingAgents),
        Field<CreatedTask>.Text("unschedulableReason", "unschedulable_reason.message", t => t.Created.UnschedulableReason?.Message),
    ];

    public static IReadOnlyList<FieldMap<HiveOverview>> Status { get; } =
    [
        Field<HiveOverview>.Group(
            "health", Field<HiveOverview>.Text("overall", "system.status", o => o.System is { } system ? Vocabulary.Of(system.Status) : null)),
        Field<HiveOverview>.Group(
            "performance",
            Field<HiveOverview>.Number("cpu", "system.host.cpu_percent", o => o.System?.Host.CpuPercent),
            Field<HiveOverview>.Number("memory", "system.host.memory_used_percent", o => o.System?.Host.MemoryUsedPercent),
            Field<HiveOverview>.Number("disk", "system.disk.used_percent", o => o.System?.Disk.UsedPercent)),
        Field<HiveOverview>.Group(
            "swarms",
            Field<HiveOverview>.Whole("active", "swarms that are active", o => o.Swarms.Count(s => s.State == SwarmState.Active)),
            Field<HiveOverview>.Whole("total", "swarms", o => o.Swarms.Count)),
        Field<HiveOverview>.Group(
            "agents",
            Field<HiveOverview>.Whole("active", "agents_at_work", o => o.AgentsAtWork),
            Field<HiveOverview>.Whole("total", "agents", o => o.AgentCount)),
        Field<HiveOverview>.Group(
            "tasks",
            Field<HiveOverview>.Whole(
                "pending", "tasks: blocked + pending + assigned + retry_wait",
                o => o.Open(TaskState.Blocked, TaskState.Pending, TaskState.Assigned, TaskState.RetryWait)),
            Field<HiveOverview>.Whole(
                "active", "tasks: running + verifying + input_required + cancelling",
                o => o.Open(TaskState.Running, TaskState.Verifying, TaskState.InputRequired, TaskState.Cancelling)),
            Field<HiveOverview>.Whole("completed", "tasks_ended.completed", o => o.Ended?.Completed)),
        Field<HiveOverview>.Time("timestamp", "at", (o, _) => o.At),
    ];

    /// <summary>Writes the fields into an object that the caller opens and ends.</summary>
    public static void Write<T>(Utf8JsonWriter writer, IReadOnlyList<FieldMap<T>> fields, T source)
    {
        foreach (var field in fields) field.Write(writer, source, NoRecord);
    }
}
