using Waggle.Core.Insight;
using Waggle.Protocol.Model;

namespace Waggle.Dialects;

/// <summary>Marks the user of the connection as present until it ends, optionally with a status.</summary>
/// <param name="Reads">Whether the client receives notifications and cannot acknowledge them.</param>
public sealed record PresenceIntent(object? Tag, PresenceStatus? Status, bool Reads = false) : Intent(Tag);

/// <summary>
/// Requests the notifications that the user has not seen yet (a <see cref="Protocol.Messages.NotificationPage"/>) and the state of the agents (a <see
/// cref="HiveOverview"/>), each as an answer within the permissions, and the live records after them without a gap.
/// </summary>
public sealed record CatchUpIntent(object Tag, SubscribeIntent Live) : Intent(Tag);
