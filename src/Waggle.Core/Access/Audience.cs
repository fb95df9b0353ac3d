using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Core.Access;

/// <summary>Which records a principal may hear. Records are selected, never edited.</summary>
public static class Audience
{
    /// <summary>What only one subject hears: <c>app.user.SUBJECT.…</c></summary>
    public const string PrivatePrefix = "app.user.";

    /// <summary>What belongs to one swarm: <c>app.swarm.SWARM.…</c></summary>
    public const string SwarmPrefix = "app.swarm.";

    private static readonly Dictionary<string, string> Families = new(StringComparer.Ordinal)
    {
        ["task"] = "tasks",
        ["agent"] = "agents",
        ["swarm"] = "swarms",
        ["app"] = "app",
        ["system"] = "system",
    };

    /// <summary>Null for whoever hears everything: nobody has to be asked, record by record.</summary>
    public static Func<Record, bool>? FilterOf(Principal principal) => principal.IsUnlimited ? null : principal.Hears;

    public static bool Hears(this Principal principal, Record record)
    {
        if (!principal.Allowed("read", ResourceOf(record.Topic))) return false;
        if (OwnerOf(record.Topic) is { } owner) return principal.Owns(owner);
        return principal.Reaches(record.Swarm);
    }

    /// <summary>Why a pattern is refused: it can match nothing that the principal may hear. Null if it may.</summary>
    public static string? Problem(this Principal principal, TopicPattern pattern)
    {
        if (principal.IsUnlimited) return null;
        var family = Segment(pattern.Text, 0);
        if (family is "*" or "#")
            return Families.Values.Any(r => principal.Allowed("read", r)) ? null : principal.Missing("read", "tasks");
        if (!principal.Allowed("read", ResourceOf(pattern.Text))) return principal.Missing("read", ResourceOf(pattern.Text));
        var owner = OwnerOf(pattern.Text);
        if (owner is not null and not "*" and not "#" && !principal.Owns(owner)) return $"'{pattern.Text}' is private to another subject.";
        var swarm = family == "swarm" ? Segment(pattern.Text, 1) : SwarmOf(pattern.Text);
        return swarm is null or "*" or "#" || principal.Reaches(swarm) ? null : principal.OutOfReach(swarm);
    }

    /// <summary>The swarm that an application topic belongs to.</summary>
    public static string? SwarmOf(string topic) => topic.StartsWith(SwarmPrefix, StringComparison.Ordinal) ? Segment(topic, 2) : null;

    /// <summary>The subject that a private topic belongs to, as <see cref="SegmentOf"/> writes it; null for all others.</summary>
    public static string? OwnerOf(string topic) => topic.StartsWith(PrivatePrefix, StringComparison.Ordinal) ? Segment(topic, 2) : null;

    /// <summary>A subject as a segment of a topic: what may not stand there, and '~', as ~ and two hexadecimal digits for each byte. No two subjects share one.</summary>
    public static string SegmentOf(string subject)
    {
        if (subject.Length > 0 && !subject.Contains('~') && subject.All(c => Ids.IsValid([c]))) return subject;
        var text = new System.Text.StringBuilder();
        foreach (var b in System.Text.Encoding.UTF8.GetBytes(subject))
        {
            if (b is not (byte)'~' && Ids.IsValid([(char)b])) text.Append((char)b);
            else text.Append('~').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static string ResourceOf(string topic) => Families.GetValueOrDefault(Segment(topic, 0) ?? "", "system");

    private static string? Segment(string topic, int index)
    {
        var parts = topic.Split('.', index + 2);
        return parts.Length > index ? parts[index] : null;
    }
}
