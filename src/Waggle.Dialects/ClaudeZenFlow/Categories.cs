using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>What clients subscribe to, and which topics that is.</summary>
internal static class Categories
{
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

    /// <summary>All that may be named. Of neural and api there is nothing to tell yet.</summary>
    public static IReadOnlyCollection<string> Known => TopicsByName.Keys;

    public static string Names { get; } = string.Join(", ", Known);

    /// <summary>Empty: there is nothing to tell of it yet.</summary>
    public static IReadOnlyList<string> TopicsOf(string category) => TopicsByName[category];

    /// <summary>The event's name: <c>task_completed</c> is <c>task:completed</c>.</summary>
    public static string EventOf(Record record)
    {
        var line = record.Kind.IndexOf('_', StringComparison.Ordinal);
        return line < 0 ? record.Kind : $"{record.Kind[..line]}:{record.Kind[(line + 1)..]}";
    }

    /// <summary>The kind that an event's name stands for.</summary>
    public static string KindOf(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? name : $"{name[..colon]}_{name[(colon + 1)..]}";
    }

    /// <summary>Whose record it is: the swarm, task or agent of its topic.</summary>
    public static string IdOf(Record record)
    {
        var parts = record.Topic.Split('.', 3);
        return parts.Length > 1 ? parts[1] : "";
    }
}
