using Waggle.Delivery.Filters;
using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;

namespace Waggle.Delivery;

/// <summary>One subscription of one connection. Only its delivery loop uses it.</summary>
internal sealed class Subscription(Connection connection, SubscriptionSpec spec, SharedFilter? filter = null)
{
    public Connection Connection => connection;

    public SubscriptionSpec Spec => spec;

    public SharedFilter? Filter => filter;

    public RateLimiter? Limiter { get; init; }

    public Batcher? Batcher { get; init; }

    /// <summary>Whether the subscription receives every record of its topics at once.</summary>
    public bool IsPlain => filter is null && Limiter is null && Batcher is null;

    /// <summary>Gets the form of the records; null for that of the connection.</summary>
    public IRenderer? Form => Spec.Form;

    /// <summary>Gets or sets the places of the subscription in the router, one for each pattern.</summary>
    public Member[] Memberships { get; set; } = [];

    /// <summary>Gets or sets the number of the list that the router last added the subscription to.</summary>
    public long Mark { get; set; }
}
