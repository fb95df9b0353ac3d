using Waggle.Protocol.Records;

namespace Waggle.Server.SocketIO;

/// <summary>What Socket.IO clients subscribe to, and which records that is.</summary>
internal static class Categories
{
    /// <summary>All that may be named. Of neural and api there is nothing to tell yet.</summary>
    public static IReadOnlyList<string> Known { get; } = ["system", "swarms", "tasks", "agents", "neural", "api"];

    /// <summary>Null: nobody can subscribe to it.</summary>
    public static string? Of(Record record) => Family(record.Topic) switch
    {
        "swarm" => "swarms",
        "task" => "tasks",
        "agent" => "agents",
        "system" or "alert" or "connection" => "system",
        _ => null,
    };

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

    private static string Family(string topic)
    {
        var dot = topic.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? topic : topic[..dot];
    }
}
