namespace Waggle.Protocol.Topics;

/// <summary>
/// A topic, or a pattern over topics: <c>*</c> matches exactly one segment, <c>#</c> one or more segments and only at the end. Examples are
/// <c>task.*.completed</c>, <c>task.#</c> and <c>#</c>. A glob, which some client APIs use, covers the whole name instead: <c>*</c> matches any run of
/// characters, dots included, <c>?</c> one character. Immutable; thread-safe.
/// </summary>
public sealed class TopicPattern
{
    private readonly string[] _segments;
    private readonly bool _open;

    private TopicPattern(string text, string[] segments, bool open, bool exact, bool glob = false)
    {
        Text = text;
        _segments = segments;
        _open = open;
        IsExact = exact;
        IsGlob = glob;
    }

    public string Text { get; }

    /// <summary>Whether this is a plain topic without wildcards.</summary>
    public bool IsExact { get; }

    /// <summary>Whether the wildcards cover the whole name.</summary>
    public bool IsGlob { get; }

    /// <summary>The segments without a <c>#</c> at the end; empty for a glob. An exact topic does not keep them and splits its text on each call.</summary>
    public ReadOnlySpan<string> Segments => IsExact ? Text.Split('.') : _segments;

    /// <summary>Whether the pattern ends with <c>#</c>.</summary>
    public bool IsOpen => _open;

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

        pattern = new TopicPattern(text, exact ? [] : open ? segments[..^1] : segments, open, exact);
        return true;
    }

    /// <summary>Parses a glob over the whole name; one without wildcards is an exact topic.</summary>
    public static bool TryParseGlob(string? text, out TopicPattern pattern)
    {
        pattern = null!;
        if (text is null || text.Length is 0 or > Topic.MaxLength) return false;
        foreach (var c in text)
        {
            if (c is not ('*' or '?' or '.') && !Ids.IsValid([c])) return false;
        }

        var exact = text.AsSpan().IndexOfAny('*', '?') < 0;
        pattern = new TopicPattern(text, [], open: false, exact, glob: !exact);
        return true;
    }

    public bool Matches(ReadOnlySpan<char> topic)
    {
        if (IsExact) return topic.SequenceEqual(Text);
        if (IsGlob) return MatchesGlob(topic, Text);
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

    // A return to the last star is enough, because a later star makes the match of an earlier one irrelevant.
    private static bool MatchesGlob(ReadOnlySpan<char> topic, ReadOnlySpan<char> glob)
    {
        int at = 0, place = 0, star = -1, resume = 0;
        while (at < topic.Length)
        {
            if (place < glob.Length && glob[place] == '*')
            {
                star = place++;
                resume = at;
            }
            else if (place < glob.Length && (glob[place] == '?' || glob[place] == topic[at]))
            {
                place++;
                at++;
            }
            else if (star >= 0)
            {
                place = star + 1;
                at = ++resume;
            }
            else return false;
        }

        return glob[place..].IndexOfAnyExcept('*') < 0;
    }
}
