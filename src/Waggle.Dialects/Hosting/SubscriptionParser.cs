using Waggle.Delivery;
using Waggle.Delivery.Filters;
using Waggle.Delivery.Shaping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.Hosting;

/// <summary>Converts the subscription of a client to that of the delivery, or returns an error.</summary>
public static class SubscriptionParser
{
    /// <returns>Null, or a sentence that names the field and its rule.</returns>
    public static string? Read(TopicPattern[] patterns, RawJson filter, MaxRate? rate, Batching? batch, bool takesArrays, out SubscriptionSpec interest)
    {
        interest = new SubscriptionSpec(patterns);
        if (!filter.IsNull)
        {
            if (!RecordFilter.TryParse(filter.Utf8, out var parsed, out var problem)) return problem;
            interest = interest with { Filter = parsed };
        }

        if (rate is not null)
        {
            if (RateProblem(patterns, rate) is { } problem) return problem;
            FieldPath? key = null;
            if (rate.Key is not null and not "topic")
            {
                key = FieldPath.Parse(rate.Key, out _);
                if (key is not { IsData: true }) return "max_rate.key: it is topic, or data.NAME and further names with dots between.";
            }

            interest = interest with { Rate = new RateRule(rate.PerSecond, key) };
        }

        if (batch is null) return null;
        interest = interest with { Batch = new BatchRule(batch.Max, TimeSpan.FromMilliseconds(batch.Ms)) };
        return BatchProblem(batch, takesArrays);
    }

    private static string? RateProblem(TopicPattern[] patterns, MaxRate rate)
    {
        if (rate.PerSecond is not (>= 0.001 and <= Limits.MaxRatePerSecond)) return $"max_rate.per_second: it is 0.001 to {Limits.MaxRatePerSecond}.";
        return Array.TrueForAll(patterns, IsDurable)
            ? "max_rate: records of these topics are durable, and those are never kept back; it is for progress, status, logs and what applications publish."
            : null;
    }

    private static string? BatchProblem(Batching batch, bool takesArrays)
    {
        if (!takesArrays) return "batch: it is for clients that take arrays: say \"batch\":true in hello.";
        if (batch.Max is < 1 or > Limits.MaxMessagesPerFrame) return $"batch.max: it is 1 to {Limits.MaxMessagesPerFrame}; it was {batch.Max}.";
        return batch.Ms is < 1 or > Limits.MaxBatchMs ? $"batch.ms: it is 1 to {Limits.MaxBatchMs}; it was {batch.Ms}." : null;
    }

    // Only these topics of the hub carry records of the other classes.
    private static bool IsDurable(TopicPattern pattern) =>
        !pattern.IsOpen && pattern.Segments is ["task" or "agent" or "swarm", _, not ("*" or "progress" or "log" or "status")];
}
