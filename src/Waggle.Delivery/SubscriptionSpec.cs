using Waggle.Delivery.Filters;
using Waggle.Delivery.Shaping;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Delivery;

/// <summary>What a subscription asks for.</summary>
public sealed record SubscriptionSpec(params TopicPattern[] Patterns)
{
    public RecordFilter? Filter { get; init; }

    public RateRule? Rate { get; init; }

    public BatchRule? Batch { get; init; }

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
