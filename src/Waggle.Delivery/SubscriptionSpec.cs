using Waggle.Delivery.Filters;
using Waggle.Delivery.Shaping;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Delivery;

/// <summary>The records that a subscription requests, and how they are delivered. Immutable.</summary>
/// <param name="Patterns">The patterns of the topics. A record that matches several of them is delivered once.</param>
public sealed record SubscriptionSpec(params TopicPattern[] Patterns)
{
    /// <summary>Gets the filter of the records; null for all records of the topics.</summary>
    public RecordFilter? Filter { get; init; }

    /// <summary>Gets the rate limit of latest and stream records; null for no limit.</summary>
    public RateRule? Rate { get; init; }

    /// <summary>Gets how many records are sent together; null to send each at once.</summary>
    public BatchRule? Batch { get; init; }

    /// <summary>
    /// Gets the renderer of the subscription's records, in place of that of the connection; null for that one. A record that several subscriptions with a form
    /// match is delivered once for each of them.
    /// </summary>
    public IRenderer? Form { get; init; }

    /// <summary>Returns whether a record matches a pattern and the filter.</summary>
    public bool Wants(Record record)
    {
        ArgumentNullException.ThrowIfNull(record);
        foreach (var pattern in Patterns)
        {
            if (pattern.Matches(record.Topic)) return Filter is null || Filter.Takes(record);
        }

        return false;
    }
}
