using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>The dialect's names for states and priorities.</summary>
internal static class Vocabulary
{
    private static readonly Dictionary<string, int> Priorities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["critical"] = 1,
        ["urgent"] = 1,
        ["high"] = 2,
        ["medium"] = 3,
        ["normal"] = 3,
        ["low"] = 4,
    };

    public static string PriorityWords { get; } = string.Join(", ", Priorities.Keys);

    /// <summary>Returns the priority of a name; null for an unknown one.</summary>
    public static int? ReadPriority(string word) => Priorities.TryGetValue(word, out var priority) ? priority : null;

    public static string Of(SwarmState state) => state switch
    {
        SwarmState.Paused => "paused",
        SwarmState.Stopped => "stopped",
        _ => "active",
    };

    /// <summary>Returns the topology of a name, whose words a hyphen or an underscore separates; null for an unknown one.</summary>
    public static TopologyKind? ReadTopology(string word)
    {
        foreach (var kind in Enum.GetValues<TopologyKind>())
        {
            if (string.Equals(Of(kind), word.Replace('_', '-'), StringComparison.OrdinalIgnoreCase)) return kind;
        }

        return null;
    }

    public static string Topologies { get; } = string.Join(", ", Enum.GetValues<TopologyKind>().Select(Of));

    public static string Of(TopologyKind kind) => SnakeCase.Of(kind).Replace('_', '-');

    public static string Of(TaskState state) => state switch
    {
        TaskState.Blocked or TaskState.Pending or TaskState.Assigned or TaskState.RetryWait => "pending",
        TaskState.Completed => "completed",
        TaskState.Cancelled => "cancelled",
        TaskState.Failed or TaskState.Expired or TaskState.Rejected => "failed",
        _ => "in-progress",
    };

    public static string Of(HealthStatus status) => status.ToString().ToLowerInvariant();
}
