using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Presence;

/// <summary>A user who is here, or was until a moment ago. Known only in memory: after a restart everybody comes anew. Immutable.</summary>
/// <param name="User">The subject of the token.</param>
public sealed record UserPresence(string User, PresenceStatus Status, DateTimeOffset Since)
{
    /// <summary>What the hive's timers call a user.</summary>
    public const string TimerKind = "user";

    /// <summary>The connections by their ids, with what is known of each.</summary>
    public IReadOnlyDictionary<string, UserConnection> Connections { get; init; } = new Dictionary<string, UserConnection>(StringComparer.Ordinal);

    /// <summary>When the last connection went; null while there is one.</summary>
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>The offset of the last notification that went to this user alone since the first connection came.</summary>
    public long LastTold { get; init; }

    /// <summary>Whether a notification counts as seen when it is sent: a client that cannot say what it has seen is here.</summary>
    public bool Reads => Connections.Values.Any(c => c.Reads);

    public EntityKey Key => new(TimerKind, User);
}

/// <param name="Since">The offset of the last record before it.</param>
/// <param name="Reads">It hears notifications and has no way to say that they were seen.</param>
public readonly record struct UserConnection(long Since, bool Reads);
