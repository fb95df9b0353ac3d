using Waggle.Core.Insight;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>The channels of the repository's dashboards, which subscribe with <c>{"type":"subscribe","channel":"system"}</c>.</summary>
internal static class Dashboards
{
    public static IReadOnlyList<Channel> Channels { get; } =
    [
        new(
            "system",
            ["system.metrics"],
            [
                new MessageMap<SystemMeasured>(
                    "system:status", "system_metrics",
                    Field<SystemMeasured>.Text("status", "status", r => Vocabulary.Of(r.Status)),
                    Field<SystemMeasured>.Whole("uptime", "process.uptime_ms", r => r.Process.UptimeMs),
                    Field<SystemMeasured>.Whole("connections", "hub.connections", r => r.Hub.Connections)),
            ])
        { IsState = true },
        new(
            "swarms",
            ["swarm.*.created", "swarm.*.state"],
            [
                new MessageMap<SwarmCreated>(
                    "swarm:created", "swarm_created",
                    Field<SwarmCreated>.Text("id", "swarm_id", r => r.SwarmId),
                    Field<SwarmCreated>.Text("name", "name", r => r.Name),
                    Field<SwarmCreated>.Text("status", "active", _ => Vocabulary.Of(SwarmState.Active))),
                Changed("swarm:update", "`state` is not stopped", r => r.State != SwarmState.Stopped),
                Changed("swarm:stopped", "`state` is stopped", r => r.State == SwarmState.Stopped),
            ]),
        new(
            "performance",
            ["system.metrics"],
            [
                new MessageMap<SystemMeasured>(
                    "performance:update", "system_metrics",
                    Field<SystemMeasured>.NumberOrNull("cpu", "host.cpu_percent", r => r.Host.CpuPercent),
                    Field<SystemMeasured>.NumberOrNull("memory", "host.memory_used_percent", r => r.Host.MemoryUsedPercent),
                    Field<SystemMeasured>.NumberOrNull("tasksPerSecond", "work.completed_per_second", r => r.Work.CompletedPerSecond)),
            ])
        { IsState = true },
        new(
            "tasks",
            [
                "task.*.created", "task.*.assigned", "task.*.started", "task.*.progress", "task.*.completed", "task.*.failed", "task.*.cancelled",
                "task.*.expired",
            ],
            [
                Task<TaskCreated>("task:created", "task_created"),
                Task<TaskAssigned>("task:updated", "task_assigned", Field<TaskAssigned>.Text("assignee", "agent", r => r.Agent)),
                Task<TaskStarted>("task:updated", "task_started", Field<TaskStarted>.Text("assignee", "agent", r => r.Agent)),
                Task<TaskProgressed>(
                    "task:updated", "task_progress",
                    Field<TaskProgressed>.Text("assignee", "agent", r => r.Agent),
                    Field<TaskProgressed>.Number("progress", "progress, 0 to 1", r => r.Progress)),
                Task<TaskCompleted>("task:completed", "task_completed", Field<TaskCompleted>.Whole("duration", "duration_ms", r => r.DurationMs)),
                Task<TaskFailed>("task:updated", "task_failed"),
                Task<TaskCancelled>("task:updated", "task_cancelled"),
                Task<TaskExpired>("task:updated", "task_expired"),
            ]),
        new(
            "logs",
            ["task.*.log"],
            [
                new MessageMap<TaskLogged>(
                    "logs:new", "task_log",
                    Field<TaskLogged>.Time("timestamp", "at", (_, record) => record.At),
                    Field<TaskLogged>.Text("source", "agent", r => r.Agent),
                    Field<TaskLogged>.Text("taskId", "task", r => r.Task),
                    Field<TaskLogged>.Text("message", "lines", r => string.Join('\n', r.Lines))),
            ]),
    ];

    private static MessageMap<SwarmStateChanged> Changed(string message, string when, Func<SwarmStateChanged, bool> only) => new(
        message, "swarm_state", when, only,
        Field<SwarmStateChanged>.Text("id", "swarm_id", r => r.SwarmId),
        Field<SwarmStateChanged>.Text("name", "name", r => r.Name),
        Field<SwarmStateChanged>.Text("status", "state", r => Vocabulary.Of(r.State)));

    private static MessageMap<T> Task<T>(string message, string kind, params FieldMap<T>[] more)
        where T : TaskRecord => new(
        message, kind,
        [
            Field<T>.Text("id", "task", r => r.Task),
            Field<T>.Text("title", "title", r => r.Title),
            Field<T>.Text("status", "state", r => Vocabulary.Of(r.State)),
            .. more,
        ]);
}
