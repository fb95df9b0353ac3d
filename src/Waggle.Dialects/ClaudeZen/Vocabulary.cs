using Waggle.Core.Agents;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>The dialect's names for states and priorities.</summary>
internal static class Vocabulary
{
    private static readonly (string Word, int Priority)[] Priorities = [("critical", 1), ("high", 2), ("medium", 3), ("low", 4)];

    public static string PriorityWords { get; } = string.Join(", ", Priorities.Select(p => p.Word));

    /// <summary>Returns the priority of a word; null for an unknown one.</summary>
    public static int? ReadPriority(string word)
    {
        if (word.Equals("normal", StringComparison.OrdinalIgnoreCase)) return 3;
        foreach (var (known, priority) in Priorities)
        {
            if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) return priority;
        }

        return null;
    }

    /// <summary>Returns the word for a priority of the hub: 1 is critical, 2 high, 3 medium; every lower urgency is low.</summary>
    public static string OfPriority(int priority) => priority switch { <= 1 => "critical", 2 => "high", 3 => "medium", _ => "low" };

    public static string Of(SwarmState state) => state switch
    {
        SwarmState.Paused => "paused",
        SwarmState.Stopped => "stopped",
        _ => "active",
    };

    public static string Of(AgentStatus status, int holding) => status switch
    {
        AgentStatus.Offline or AgentStatus.Removed => "offline",
        AgentStatus.Unknown => "unknown",
        _ when holding > 0 => "working",
        AgentStatus.Draining => "draining",
        _ => "idle",
    };

    public static string Of(TaskState state) => state switch
    {
        TaskState.Blocked or TaskState.Pending or TaskState.Assigned or TaskState.RetryWait => "pending",
        TaskState.Completed => "completed",
        TaskState.Cancelled => "cancelled",
        TaskState.Failed or TaskState.Expired or TaskState.Rejected => "failed",
        _ => "in_progress",
    };

    public static string Of(TopologyKind topology) => topology == TopologyKind.HierarchicalMesh ? "hierarchical-mesh" : topology.ToString().ToLowerInvariant();

    public static string Of(RecoveryAction action) => action switch
    {
        RecoveryAction.Requeued => "requeue",
        RecoveryAction.Restarted => "restart",
        _ => "none",
    };

    public static string Of(HealthStatus status) => status.ToString().ToLowerInvariant();
}
