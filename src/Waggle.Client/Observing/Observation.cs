using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>One thing that an observer learns: a record, or that records are missing. Never silence about a loss.</summary>
/// <param name="Position">Give it as <c>since</c> to go on after this observation, in another process too.</param>
public abstract record Observation(Position Position);

/// <summary>A record of a matching topic.</summary>
/// <param name="Snapshot">True: not something that happened now, but the newest value of its topic as it stood when the subscription began.</param>
public sealed record RecordObserved(RecordMessage Record, bool Snapshot, Position Position) : Observation(Position);

/// <summary>The hub dropped records because they were not read fast enough.</summary>
public sealed record GapObserved(Position From, long Dropped, Position Position) : Observation(Position);

/// <summary>What happened after <paramref name="Since"/> was too much or is no longer there: load the state anew. Records follow from here on.</summary>
public sealed record NotRecovered(Position Since, Position Position) : Observation(Position);
