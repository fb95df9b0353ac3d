using Waggle.Core.Insight;
using Waggle.Protocol.Model;

namespace Waggle.Dialects;

/// <summary>The user of the connection is here until it ends, and perhaps says how.</summary>
/// <param name="Reads">The client hears notifications and has no way to say that they were seen.</param>
public sealed record PresenceIntent(object? Tag, PresenceStatus? Status, bool Reads = false) : Intent(Tag);

/// <summary>
/// What the user has not seen yet (a <see cref="Protocol.Messages.NotificationPage"/>) and how the agents are (a <see cref="HiveOverview"/>), each an
/// answer of its own as far as it may be known, and from there on what is told live, without a hole.
/// </summary>
public sealed record CatchUpIntent(object Tag, SubscribeIntent Live) : Intent(Tag);
