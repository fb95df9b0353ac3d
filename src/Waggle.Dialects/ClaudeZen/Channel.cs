using System.Collections.Frozen;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>A channel of the dialect with its topics and its messages.</summary>
internal sealed class Channel
{
    private readonly TopicPattern[] _patterns;

    public Channel(string name, IReadOnlyList<string> topics, IReadOnlyList<MessageMap> rows)
    {
        Name = name;
        Topics = topics;
        Rows = rows;
        _patterns = [.. topics.Select(t => TopicPattern.TryParse(t, out var pattern) ? pattern : throw new ArgumentException(t, nameof(topics)))];
        ByKind = rows.GroupBy(r => r.Kind).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        Form = new ChannelForm(this);
    }

    public string Name { get; }

    public IReadOnlyList<string> Topics { get; }

    public IReadOnlyList<MessageMap> Rows { get; }

    public FrozenDictionary<string, MessageMap[]> ByKind { get; }

    public ChannelForm Form { get; }

    /// <summary>Whether the newest value of each topic is sent to a new subscriber, because it is a state and not a change.</summary>
    public bool IsState { get; init; }

    /// <summary>Returns the reason why a principal may hear nothing of the channel; null if it may hear a part.</summary>
    public string? Problem(Principal by)
    {
        string? first = null;
        foreach (var pattern in _patterns)
        {
            if (by.Problem(pattern) is not { } problem) return null;
            first ??= problem;
        }

        return first;
    }
}
