using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>The categories of subscriptions, with their topics.</summary>
internal static class Categories
{
    /// <summary>The kind whose event has the name and the fields of the dialect's document.</summary>
    public const string TopologyChange = "swarm_topology_changed";

    private static readonly string[] None = [];

    private static readonly Dictionary<string, string[]> TopicsByName = new(StringComparer.Ordinal)
    {
        ["system"] = ["system.metrics", "system.alert.#", "system.module.#", "connection.#"],
        ["swarms"] = ["swarm.#"],
        ["tasks"] = ["task.#"],
        ["agents"] = ["agent.#"],
        ["neural"] = None,
        ["api"] = None,
    };

    /// <summary>All valid categories. The hub has no records for neural and api yet.</summary>
    public static IReadOnlyCollection<string> Known => TopicsByName.Keys;

    public static string Names { get; } = string.Join(", ", Known);

    /// <summary>Returns the topics of a category; empty if the hub has no records for it yet.</summary>
    public static IReadOnlyList<string> TopicsOf(string category) => TopicsByName[category];

    /// <summary>Returns the name of an event: <c>task_completed</c> becomes <c>task:completed</c>.</summary>
    public static string EventOf(Record record)
    {
        if (record.Kind == TopologyChange) return "swarm:topology:changed";
        var line = record.Kind.IndexOf('_', StringComparison.Ordinal);
        return line < 0 ? record.Kind : $"{record.Kind[..line]}:{record.Kind[(line + 1)..]}";
    }

    /// <summary>Returns the kind of an event's name.</summary>
    public static string KindOf(string name) => name.Replace(':', '_');

    /// <summary>Returns the object of a record: the swarm, task or agent of its topic.</summary>
    public static string IdOf(Record record)
    {
        var parts = record.Topic.Split('.', 3);
        return parts.Length > 1 ? parts[1] : "";
    }
}
