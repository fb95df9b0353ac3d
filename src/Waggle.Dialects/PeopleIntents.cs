using Waggle.Protocol.Model;

namespace Waggle.Dialects;

/// <summary>The user of the connection is here until it ends, and perhaps says how.</summary>
/// <param name="Reads">The client hears notifications and has no way to say that they were seen.</param>
public sealed record PresenceIntent(object? Tag, PresenceStatus? Status, bool Reads = false) : Intent(Tag);
