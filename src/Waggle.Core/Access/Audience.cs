using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Core.Access;

/// <summary>Determines which records a principal may receive. The hub selects records and never edits them.</summary>
public static class Audience
{
    /// <summary>The prefix of topics that only one subject receives: <c>app.user.SUBJECT.…</c></summary>
    public const string PrivatePrefix = "app.user.";

    /// <summary>The prefix of a user's notifications: <c>notification.user.SUBJECT</c>. These topics are private to the subject.</summary>
    public const string NotificationPrefix = "notification.user.";

    public const string NotificationToAll = "notification.all";

    /// <summary>The prefix of application topics that belong to one swarm: <c>app.swarm.SWARM.…</c></summary>
    public const string SwarmPrefix = "app.swarm.";

    private const int HashBytes = 16;

    /// <summary>
    /// Returns the filter that selects the records for a principal. Null means that the principal receives every record, so no record needs a check.
    /// </summary>
    public static Func<Record, bool>? FilterOf(Principal principal) => principal.IsUnlimited ? null : principal.Hears;

    public static bool Hears(this Principal principal, Record record)
    {
        // The hub calls this for each record and each connection, so it allocates nothing.
        var family = record.Topic.AsSpan(0, Math.Max(0, record.Topic.IndexOf('.', StringComparison.Ordinal)));
        var permission = FeatureCatalog.ReadRight(family) ?? Permissions.ReadSystem;
        if (!principal.Permissions.Contains(Permissions.Everything) && !principal.Permissions.Contains(permission)) return false;
        if (OwnerOf(record.Topic) is { } owner) return principal.Owns(owner);
        if (family is "memory") return HearsMemory(principal, record);
        return principal.Reaches(record.Swarm) && (family is not "chat" || principal.TakesPartIn(FeatureCatalog.Typed(record).Readers));
    }

    /// <summary>
    /// Returns whether the principal may receive a record of memory. Shared namespaces are open to principals that are limited to swarms, too.
    /// </summary>
    private static bool HearsMemory(Principal principal, Record record) => (record.Swarm is null || principal.Reaches(record.Swarm))
        && (principal.Namespaces is null || (Segment(record.Topic, 1) is { } ns && principal.ReachesNamespace(ns)));

    /// <summary>
    /// Returns whether the principal may see a conversation with these participants. Null participants mean that the conversation is open to every reader.
    /// </summary>
    public static bool TakesPartIn(this Principal principal, IReadOnlyList<string>? participants) =>
        participants is null || principal.IsUnlimited || participants.Contains(principal.User, StringComparer.Ordinal);

    /// <summary>Returns the reason why a pattern is refused: it can match no record that the principal may receive. Null permits the pattern.</summary>
    public static string? Problem(this Principal principal, TopicPattern pattern)
    {
        if (principal.IsUnlimited) return null;
        var family = Segment(pattern.Text, 0);
        if (family is "*" or "#")
            return FeatureCatalog.ReadRights.Any(principal.Allowed) ? null : principal.Missing(Permissions.ReadTasks);
        if (!principal.Allowed(RightTo(pattern.Text))) return principal.Missing(RightTo(pattern.Text));
        var owner = OwnerOf(pattern.Text);
        if (owner is not null and not "*" and not "#" && !principal.Owns(owner)) return $"'{pattern.Text}' is private to another subject.";
        if (family == "memory" && Segment(pattern.Text, 1) is { } ns and not "*" and not "#" && !principal.ReachesNamespace(ns))
            return $"'{pattern.Text}' is a memory namespace that the token is not limited to.";
        var swarm = family == "swarm" ? Segment(pattern.Text, 1) : SwarmOf(pattern.Text);
        return swarm is null or "*" or "#" || principal.Reaches(swarm) ? null : principal.OutOfReach(swarm);
    }

    /// <summary>Returns the swarm that an application topic belongs to.</summary>
    public static string? SwarmOf(string topic) => topic.StartsWith(SwarmPrefix, StringComparison.Ordinal) ? Segment(topic, 2) : null;

    /// <summary>Returns the subject that owns a private topic, in the form that <see cref="SegmentOf"/> writes; null for every other topic.</summary>
    public static string? OwnerOf(string topic) =>
        topic.StartsWith(PrivatePrefix, StringComparison.Ordinal) || topic.StartsWith(NotificationPrefix, StringComparison.Ordinal) ? Segment(topic, 2) : null;

    /// <summary>
    /// Encodes a subject as one segment of a topic. Each byte that a segment does not permit, and '~', becomes ~ and two hexadecimal digits. A subject that is
    /// too long for one segment ends in ~~ and a hash of the whole subject. Two different subjects never have the same segment.
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

    private static string RightTo(string topic) => FeatureCatalog.ReadRight(Segment(topic, 0)) ?? Permissions.ReadSystem;

    private static string? Segment(string topic, int index)
    {
        var parts = topic.Split('.', index + 2);
        return parts.Length > index ? parts[index] : null;
    }
}
