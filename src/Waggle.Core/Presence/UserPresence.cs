using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Presence;

/// <summary>A user who is connected, or was within the grace period. It exists in memory only, and a restart begins with no users. Immutable.</summary>
/// <param name="User">The subject of the token.</param>
public sealed record UserPresence(string User, PresenceStatus Status, DateTimeOffset Since)
{
    /// <summary>The kind of a user's timer.</summary>
    public const string TimerKind = "user";

    /// <summary>The connections of the user, by their ids.</summary>
    public IReadOnlyDictionary<string, UserConnection> Connections { get; init; } = new Dictionary<string, UserConnection>(StringComparer.Ordinal);

    /// <summary>The time when the last connection ended; null while there is one.</summary>
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>The offset of the last notification that went to this user alone since the first connection came.</summary>
    public long LastTold { get; init; }

    /// <summary>Whether a notification counts as seen when it is sent, because a connected client cannot mark notifications as seen.</summary>
    public bool Reads => Connections.Values.Any(c => c.Reads);

    public EntityKey Key => new(TimerKind, User);
}

/// <param name="Since">The offset of the last record before the connection.</param>
/// <param name="Reads">Whether the connection receives notifications and cannot mark them as seen.</param>
public readonly record struct UserConnection(long Since, bool Reads);
