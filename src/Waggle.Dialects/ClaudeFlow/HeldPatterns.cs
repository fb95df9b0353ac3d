using Waggle.Protocol;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The topics and patterns that a connection has subscribed to. One whose subscription the hub refuses is removed. Thread-safe: answers come while the client
/// is read.
/// </summary>
internal sealed class HeldPatterns
{
    /// <summary>The greatest number of topics and patterns of a connection. The hub's own limit does not count one that selects none of its topics.</summary>
    public const int Most = Limits.MaxSubscribedTopics;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HeldPattern> _patterns = new(StringComparer.Ordinal);

    /// <summary>The events that the patterns select together.</summary>
    public EventSelection Selection { get; } = new();

    public int Count
    {
        get
        {
            lock (_lock) return _patterns.Count;
        }
    }

    /// <summary>Adds the patterns of a message, each of which has another text.</summary>
    /// <exception cref="DialectException">There would be too many; none is added.</exception>
    public HeldPattern[] Add(FlowPattern[] patterns)
    {
        lock (_lock)
        {
            var count = _patterns.Count + patterns.Count(p => !_patterns.ContainsKey(p.Text));
            if (count > Most)
            {
                throw new DialectException(new(
                    ErrorCodes.TooLarge,
                    $"A connection subscribes to at most {Most} topics and patterns; with these there would be {count}. A pattern stands for many topics."));
            }

            return Array.ConvertAll(patterns, Hold);
        }
    }

    /// <summary>Takes the hub's answer to the subscription of a pattern.</summary>
    public void Answered(HeldPattern held, bool isAccepted)
    {
        lock (_lock)
        {
            held.Unanswered--;
            held.IsActive |= isAccepted;

            // An earlier subscription of the same text stays active, and a later one is still to be answered.
            if (held.IsActive || held.Unanswered > 0 || _patterns.GetValueOrDefault(held.Pattern.Text) != held) return;
            _patterns.Remove(held.Pattern.Text);
            Selection.Remove(held.Pattern);
        }
    }

    /// <summary>Removes topics and patterns.</summary>
    /// <returns>Those that were there.</returns>
    public string[] Remove(string[] texts)
    {
        lock (_lock)
        {
            return Array.FindAll(texts, Release);
        }
    }

    private HeldPattern Hold(FlowPattern pattern)
    {
        if (!_patterns.TryGetValue(pattern.Text, out var held))
        {
            _patterns[pattern.Text] = held = new HeldPattern(pattern);
            Selection.Add(pattern);
        }

        // No record has the events of a pattern without topics yet, so the hub has no subscription for it.
        if (pattern.Topics.Count == 0) held.IsActive = true;
        else held.Unanswered++;
        return held;
    }

    private bool Release(string text)
    {
        if (!_patterns.Remove(text, out var held)) return false;
        Selection.Remove(held.Pattern);
        return true;
    }
}

/// <summary>One topic or pattern; <see cref="HeldPatterns"/> alone changes it.</summary>
internal sealed class HeldPattern(FlowPattern pattern)
{
    public FlowPattern Pattern => pattern;

    /// <summary>Whether the hub has accepted it.</summary>
    public bool IsActive { get; set; }

    /// <summary>The number of its subscriptions that the hub has not answered.</summary>
    public int Unanswered { get; set; }
}
