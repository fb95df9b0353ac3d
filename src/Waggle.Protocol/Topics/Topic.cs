namespace Waggle.Protocol.Topics;

/// <summary>The rule for topics: dot-separated segments, each an id; at most 250 characters. <c>app.</c> is the prefix for what applications publish.</summary>
public static class Topic
{
    public const int MaxLength = 250;
    public const string ApplicationPrefix = "app.";

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
