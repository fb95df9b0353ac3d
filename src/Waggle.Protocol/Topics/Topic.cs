namespace Waggle.Protocol.Topics;

/// <summary>The rule for topics: dot-separated segments, each an id; at most 250 characters. Applications publish under the prefix <c>app.</c></summary>
public static class Topic
{
    public const int MaxLength = 250;
    public const string ApplicationPrefix = "app.";

    private static readonly string[] Roots =
        [
            "agent", "app", "budget", "bulk", "chat", "connection", "memory", "notification", "presence", "proposal", "purge", "question", "run",
            "runner", "schedule", "swarm", "system", "task", "token", "workflow",
        ];

    /// <summary>Returns the reason why no topic can match a pattern: no topic has its beginning. Null if one may.</summary>
    public static string? UnknownRoot(TopicPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (pattern.IsGlob) return null;
        var root = pattern.Text.Split('.')[0];
        return root is "*" or "#" || Array.IndexOf(Roots, root) >= 0
            ? null
            : $"no topic begins with '{root}': topics begin with {string.Join(", ", Roots)}, and what applications publish with app.";
    }

    public static bool IsValid(ReadOnlySpan<char> topic)
    {
        if (topic.Length is 0 or > MaxLength) return false;
        foreach (var segment in topic.Split('.'))
        {
            if (!Ids.IsValid(topic[segment])) return false;
        }

        return true;
    }

    public static bool IsApplication(string topic) =>
        topic.StartsWith(ApplicationPrefix, StringComparison.Ordinal) && topic.Length > ApplicationPrefix.Length;
}
