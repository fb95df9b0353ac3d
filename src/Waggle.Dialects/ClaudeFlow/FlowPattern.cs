using Waggle.Protocol;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// A topic or pattern that a client subscribes to: segments between dots, or between slashes if it has one. <c>*</c> is one segment, and <c>#</c> the rest,
/// one segment at least. A <c>#</c> within a pattern is any number of segments. Immutable.
/// </summary>
internal sealed class FlowPattern
{
    private const string AnyId = "\0";

    private FlowPattern(string text) => Text = text;

    public string Text { get; }

    /// <summary>The types of events that it selects for every entity.</summary>
    public uint All { get; private set; }

    /// <summary>The types of events whose roll-up topic it selects.</summary>
    public uint RollUps { get; private set; }

    /// <summary>The types of events that it selects for single entities.</summary>
    public IReadOnlyList<(string Id, uint Types)> ById { get; private set; } = [];

    /// <summary>The topics of the hub with the records that it selects.</summary>
    public IReadOnlyList<string> Topics { get; private set; } = [];

    /// <exception cref="DialectException">The text is no topic or pattern, or selects messages of applications in a way that the hub cannot.</exception>
    public static FlowPattern Parse(string text)
    {
        if (text.Length is 0 or > AppTopics.MaxLength)
            throw Mapping.PayloadReader.Invalid($"A topic has 1 to {AppTopics.MaxLength} characters; it had {text.Length}.");
        var segments = text.Split(text.Contains('/') ? '/' : '.');
        if (segments.Contains("")) throw Mapping.PayloadReader.Invalid($"'{Mapping.PayloadReader.Clip(text)}' has an empty segment.");
        var pattern = new FlowPattern(text);
        var topics = new List<string>();
        if (!text.Contains('/')) pattern.SelectEvents(segments, topics);
        if (text.Contains('/') || !EventTypes.IsChannel(segments[0]))
        {
            // A # within a pattern selects events only: the hub's own patterns over the topics of applications have none.
            if (topics.Count == 0 || Array.IndexOf(segments, "#", 0, segments.Length - 1) < 0) topics.Add(AppTopics.PatternOf(text, segments));
        }

        pattern.Topics = [.. topics.Distinct(StringComparer.Ordinal)];
        return pattern;
    }

    private void SelectEvents(string[] segments, List<string> topics)
    {
        var byId = new List<(string, uint)>();
        foreach (var type in EventTypes.All)
        {
            if (Matches(segments, [type.Channel, type.Name]))
            {
                RollUps |= type.Bit;
                topics.AddRange(type.From.Select(t => t.Replace("{id}", "*", StringComparison.Ordinal)));
            }

            if (Matches(segments, [type.Channel, AnyId, type.Name]))
            {
                All |= type.Bit;
                topics.AddRange(type.From.Select(t => t.Replace("{id}", "*", StringComparison.Ordinal)));
                continue;
            }

            foreach (var id in segments.Where(s => Ids.IsValid(s) && Matches(segments, [type.Channel, s, type.Name])).Distinct(StringComparer.Ordinal))
            {
                byId.Add((id, type.Bit));
                topics.AddRange(type.From.Select(t => t.Replace("{id}", id, StringComparison.Ordinal)));
            }
        }

        ById = byId;
    }

    // Bit n of a state: the pattern so far takes the first n segments of the topic. So the time grows with the length of the pattern and no faster.
    private static bool Matches(string[] pattern, ReadOnlySpan<string> topic)
    {
        var taken = 1;
        for (var i = 0; i < pattern.Length && taken != 0; i++)
        {
            if (pattern[i] == "#")
            {
                // The lowest bit and all above it, up to that of the whole topic.
                if (i < pattern.Length - 1) taken = -(taken & -taken) & ((2 << topic.Length) - 1);
                else return (taken & ((1 << topic.Length) - 1)) != 0;
                continue;
            }

            var next = 0;
            for (var n = 0; n < topic.Length; n++)
            {
                if ((taken & (1 << n)) != 0 && (pattern[i] == "*" || pattern[i] == topic[n])) next |= 2 << n;
            }

            taken = next;
        }

        return (taken & (1 << topic.Length)) != 0;
    }
}
