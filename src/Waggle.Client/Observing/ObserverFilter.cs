using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// What an observer is to see. Patterns and the filter are matched by the hub; kinds and the predicate here, as the observer is read. Losses are always told.
/// </summary>
public sealed record ObserverFilter
{
    /// <summary>Topics and patterns: <c>task.t1.#</c>, <c>agent.*.status</c>; <c>*</c> is one segment, <c>#</c> one or more at the end. 1 to 100.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>
    /// Which records of these topics the hub is to send: <c>RawJson.Parse("""{"field":"data.progress","gt":0.5}""")</c>. See "Filters" in the protocol's
    /// specification.
    /// </summary>
    public RawJson Filter { get; init; }

    /// <summary>At most so many latest and stream records a second of each key; the newest comes when its time has come.</summary>
    public MaxRate? MaxRate { get; init; }

    /// <summary>Records may wait for each other and come together.</summary>
    public Batching? Batch { get; init; }

    /// <summary>Only records of these kinds (<c>task_completed</c>). Left out: all.</summary>
    public IReadOnlyCollection<string>? Kinds { get; init; }

    /// <summary>Only records for which it is true. Runs where the observer is read, and throws there.</summary>
    public Func<RecordMessage, bool>? Where { get; init; }

    /// <summary>Everything durable after this position comes first, or a <see cref="NotRecovered"/>. Left out: from now on.</summary>
    public Position? Since { get; init; }

    internal bool Passes(Observation observation) =>
        observation is not RecordObserved { Record: var record } || (Kinds?.Contains(record.Kind) ?? true) && (Where?.Invoke(record) ?? true);
}
