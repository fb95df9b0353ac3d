using Waggle.Delivery.Filters;
using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;

namespace Waggle.Delivery;

/// <summary>One subscription of one connection; its delivery loop's alone.</summary>
internal sealed class Subscription(Connection connection, SubscriptionSpec interest, SharedFilter? filter = null)
{
    public Connection Connection => connection;

    public SubscriptionSpec Spec => interest;

    public SharedFilter? Filter => filter;

    public RateLimiter? Limiter { get; init; }

    public Batcher? Batcher { get; init; }

    /// <summary>Takes every record of its topics, at once.</summary>
    public bool IsPlain => filter is null && Limiter is null && Batcher is null;

    /// <summary>Where the router has it, by pattern.</summary>
    public Member[] Memberships { get; set; } = [];

    /// <summary>For the router: already seen while a list is put together.</summary>
    public long Mark { get; set; }
}
