using Waggle.Protocol.Topics;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>The channels of the dialect.</summary>
internal static class Channels
{
    /// <summary>The channel of changes of memory, and of the results of searches.</summary>
    public const string Memory = "memory-events";

    /// <summary>The name of an agent's channel is <c>agent-ID-status</c>.</summary>
    public const string AgentPrefix = "agent-";

    /// <inheritdoc cref="AgentPrefix"/>
    public const string AgentSuffix = "-status";

    private static readonly string[] StatusTopics =
    [
        "agent.*.status", "task.*.assigned", "task.*.completed", "task.*.failed", "task.*.retry_scheduled", "task.*.requeued", "task.*.cancelled",
        "task.*.expired",
    ];

    /// <summary>The channels with a fixed name: those of the document, then those of the repository's dashboards.</summary>
    public static IReadOnlyList<Channel> Fixed { get; } =
    [
        new("swarm-coordination", ["swarm.*.created", "swarm.*.state", "swarm.*.topology", "swarm.*.metrics"], Rows.SwarmCoordination) { IsState = true },
        new("swarm-events", ["agent.*.registered", "agent.*.failed", .. StatusTopics], Rows.SwarmEvents),
        new(
            "task-coordination", ["task.*.assigned", "task.*.progress", "task.*.completed", "task.*.failed", "task.*.cancelled", "task.*.expired"],
            Rows.TaskCoordination),
        new(Memory, ["memory.#"], Rows.MemoryEvents),
        new("api-updates", ["system.schema"], Rows.ApiUpdates),
        new("system-metrics", ["system.metrics"], Rows.SystemMetrics) { IsState = true },
        .. Dashboards.Channels,
    ];

    /// <summary>All agents' channels together; <see cref="AgentChannelForm"/> selects the agents.</summary>
    public static Channel Agents { get; } = new("agent-<id>-status", StatusTopics, Rows.AgentStatus);

    public static string Names { get; } = string.Join(", ", Fixed.Select(c => c.Name).Append(Agents.Name));

    public static Channel? Find(string name)
    {
        foreach (var channel in Fixed)
        {
            if (channel.Name == name) return channel;
        }

        return null;
    }

    /// <summary>Whether a name, or a glob over names, matches the channel of some agent.</summary>
    public static bool IsOfAgents(string name)
    {
        var first = name.AsSpan().IndexOfAny('*', '?');
        if (first < 0)
        {
            return name.Length > AgentPrefix.Length + AgentSuffix.Length && name.StartsWith(AgentPrefix, StringComparison.Ordinal)
                && name.EndsWith(AgentSuffix, StringComparison.Ordinal);
        }

        var head = name.AsSpan(0, first);
        var tail = name.AsSpan(name.AsSpan().LastIndexOfAny('*', '?') + 1);
        return (head.StartsWith(AgentPrefix) || AgentPrefix.AsSpan().StartsWith(head))
            && (tail.EndsWith(AgentSuffix) || AgentSuffix.AsSpan().EndsWith(tail));
    }

    /// <summary>Whether a name is a topic of the application, or a glob over such topics.</summary>
    public static bool IsOfApplication(string name) =>
        name.StartsWith(Topic.ApplicationPrefix, StringComparison.Ordinal) && name.Length > Topic.ApplicationPrefix.Length;
}
