using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// Selects the records of an observer. The hub applies the patterns and the filter; the observer applies the kinds and the predicate as it is read. Notices of
/// a loss always pass.
/// </summary>
public sealed record ObserverFilter
{
    /// <summary>The topics and patterns, 1 to 100: <c>task.t1.#</c>, <c>agent.*.status</c>; <c>*</c> is one segment, <c>#</c> one or more at the end.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>
    /// The filter by which the hub selects records of these topics: <c>RawJson.Parse("""{"field":"data.progress","gt":0.5}""")</c>. See "Filters" in the
    /// protocol's specification.
    /// </summary>
    public RawJson Filter { get; init; }

    /// <summary>The greatest rate of latest and stream records for each key. The hub holds the newest record back until the rate permits it.</summary>
    public MaxRate? MaxRate { get; init; }

    /// <summary>The rule by which the hub waits for several records and sends them together.</summary>
    public Batching? Batch { get; init; }

    /// <summary>The kinds of records that pass (<c>task_completed</c>); null for all.</summary>
    public IReadOnlyCollection<string>? Kinds { get; init; }

    /// <summary>The predicate of the records that pass. It runs where the observer is read; its exceptions surface there.</summary>
    public Func<RecordMessage, bool>? Where { get; init; }

    /// <summary>The position after which everything durable comes first, or a <see cref="NotRecovered"/>. Null starts with new records.</summary>
    public Position? Since { get; init; }

    internal bool Passes(Observation observation) =>
        observation is not RecordObserved { Record: var record } || (Kinds?.Contains(record.Kind) ?? true) && (Where?.Invoke(record) ?? true);
}
