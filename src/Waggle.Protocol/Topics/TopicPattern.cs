namespace Waggle.Protocol.Topics;

/// <summary>
/// A topic, or a pattern over topics: <c>*</c> stands for exactly one segment, <c>#</c> for one or more segments and only at the end.
/// <c>task.*.completed</c>, <c>task.#</c>, <c>#</c>. Immutable, so one instance serves all threads.
/// </summary>
public sealed class TopicPattern
{
    private readonly string[] _segments;
    private readonly bool _open;

    private TopicPattern(string text, string[] segments, bool open, bool exact)
    {
        Text = text;
        _segments = segments;
        _open = open;
        IsExact = exact;
    }

    public string Text { get; }

    /// <summary>Whether this is a plain topic without wildcards.</summary>
    public bool IsExact { get; }

    public static bool TryParse(string? text, out TopicPattern pattern)
    {
        pattern = null!;
        if (text is null || text.Length is 0 or > Topic.MaxLength) return false;
        var segments = text.Split('.');
        var open = segments[^1] == "#";
        var exact = !open;
        for (var i = 0; i < segments.Length - (open ? 1 : 0); i++)
        {
            if (segments[i] == "*") exact = false;
            else if (!Ids.IsValid(segments[i])) return false;
        }

        pattern = new TopicPattern(text, open ? segments[..^1] : segments, open, exact);
        return true;
    }

    public bool Matches(ReadOnlySpan<char> topic)
    {
        if (IsExact) return topic.SequenceEqual(Text);
        foreach (var segment in _segments)
        {
            if (topic.IsEmpty) return false;
            var dot = topic.IndexOf('.');
            var head = dot < 0 ? topic : topic[..dot];
            if (segment != "*" && !head.SequenceEqual(segment)) return false;
            topic = dot < 0 ? [] : topic[(dot + 1)..];
        }

        return _open ? !topic.IsEmpty : topic.IsEmpty;
    }

    public override string ToString() => Text;
}
