using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>One item that an observer receives: a record, or a notice that records are missing. The observer reports every loss.</summary>
/// <param name="Position">The position to give as <c>since</c> to continue after this observation, even in another process.</param>
public abstract record Observation(Position Position);

/// <summary>A record of a matching topic.</summary>
/// <param name="Snapshot">Whether the record is the newest value of its topic at the beginning of the subscription and not a new event.</param>
public sealed record RecordObserved(RecordMessage Record, bool Snapshot, Position Position) : Observation(Position);

/// <summary>A notice that the hub dropped records because the observer did not read fast enough.</summary>
public sealed record GapObserved(Position From, long Dropped, Position Position) : Observation(Position);

/// <summary>
/// A notice that the records after <paramref name="Since"/> were too many or are deleted; the program loads the state again. Records follow from here on.
/// </summary>
public sealed record NotRecovered(Position Since, Position Position) : Observation(Position);
