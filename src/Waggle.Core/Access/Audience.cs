using Waggle.Core.Chat;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Core.Access;

/// <summary>Which records a principal may hear. Records are selected, never edited.</summary>
public static class Audience
{
    /// <summary>What only one subject hears: <c>app.user.SUBJECT.…</c></summary>
    public const string PrivatePrefix = "app.user.";

    /// <summary>What one user is to know: <c>notification.user.SUBJECT</c>, private as the above.</summary>
    public const string NotificationPrefix = "notification.user.";

    public const string NotificationToAll = "notification.all";

    /// <summary>What belongs to one swarm: <c>app.swarm.SWARM.…</c></summary>
    public const string SwarmPrefix = "app.swarm.";

    private const int HashBytes = 16;

    /// <summary>Null for whoever hears everything: nobody has to be asked, record by record.</summary>
    public static Func<Record, bool>? FilterOf(Principal principal) => principal.IsUnlimited ? null : principal.Hears;

    public static bool Hears(this Principal principal, Record record)
    {
        // Asked of each record for each connection: it makes no words.
        var family = record.Topic.AsSpan(0, Math.Max(0, record.Topic.IndexOf('.', StringComparison.Ordinal)));
        var permission = FeatureCatalog.ReadRight(family) ?? Permissions.ReadSystem;
        if (!principal.Permissions.Contains(Permissions.Everything) && !principal.Permissions.Contains(permission)) return false;
        if (OwnerOf(record.Topic) is { } owner) return principal.Owns(owner);
        return principal.Reaches(record.Swarm) && (family is not "chat" || principal.TakesPartIn(ParticipantsOf(record)));
    }

    /// <summary>Whether a conversation with these participants (null: with everybody) is there for it.</summary>
    public static bool TakesPartIn(this Principal principal, IReadOnlyList<string>? participants) =>
        participants is null || principal.IsUnlimited || participants.Contains(principal.User, StringComparer.Ordinal);

    /// <summary>Why a pattern is refused: it can match nothing that the principal may hear. Null if it may.</summary>
    public static string? Problem(this Principal principal, TopicPattern pattern)
    {
        if (principal.IsUnlimited) return null;
        var family = Segment(pattern.Text, 0);
        if (family is "*" or "#")
            return FeatureCatalog.ReadRights.Any(principal.Allowed) ? null : principal.Missing(Permissions.ReadTasks);
        if (!principal.Allowed(RightTo(pattern.Text))) return principal.Missing(RightTo(pattern.Text));
        var owner = OwnerOf(pattern.Text);
        if (owner is not null and not "*" and not "#" && !principal.Owns(owner)) return $"'{pattern.Text}' is private to another subject.";
        var swarm = family == "swarm" ? Segment(pattern.Text, 1) : SwarmOf(pattern.Text);
        return swarm is null or "*" or "#" || principal.Reaches(swarm) ? null : principal.OutOfReach(swarm);
    }

    /// <summary>The swarm that an application topic belongs to.</summary>
    public static string? SwarmOf(string topic) => topic.StartsWith(SwarmPrefix, StringComparison.Ordinal) ? Segment(topic, 2) : null;

    /// <summary>The subject that a private topic belongs to, as <see cref="SegmentOf"/> writes it; null for all others.</summary>
    public static string? OwnerOf(string topic) =>
        topic.StartsWith(PrivatePrefix, StringComparison.Ordinal) || topic.StartsWith(NotificationPrefix, StringComparison.Ordinal) ? Segment(topic, 2) : null;

    /// <summary>
    /// A subject as a segment of a topic: what may not stand there, and '~', as ~ and two hexadecimal digits for each byte; what would be too long for one
    /// ends in ~~ and a hash of it all. No two subjects share one.
    /// </summary>
    public static string SegmentOf(string subject)
    {
        if (subject.Length is > 0 and <= Ids.MaxLength && !subject.Contains('~') && subject.All(c => Ids.IsValid([c]))) return subject;
        var text = new System.Text.StringBuilder();
        foreach (var b in System.Text.Encoding.UTF8.GetBytes(subject))
        {
            if (b is not (byte)'~' && Ids.IsValid([(char)b])) text.Append((char)b);
            else text.Append('~').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        if (text.Length <= Ids.MaxLength) return text.ToString();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(subject)).AsSpan(0, HashBytes));
        return $"{text.ToString(0, Ids.MaxLength - 2 - (2 * HashBytes))}~~{hash}";
    }

    private static IReadOnlyList<string>? ParticipantsOf(Record record) => (RecordLog.Typed(record) as ChatRecord)?.Participants;

    private static string RightTo(string topic) => FeatureCatalog.ReadRight(Segment(topic, 0)) ?? Permissions.ReadSystem;

    private static string? Segment(string topic, int index)
    {
        var parts = topic.Split('.', index + 2);
        return parts.Length > index ? parts[index] : null;
    }
}
