using Waggle.Delivery.Filters;
using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;
using Waggle.Protocol;

namespace Waggle.Delivery;

/// <summary>The connections of a delivery loop with their subscriptions. Only the delivery loop uses it.</summary>
internal sealed class SubscriptionTable(Router router, FanOut fanOut)
{
    private readonly FilterTable _filters = new();
    private readonly HashSet<Connection> _connections = [];
    private int _limiters;

    /// <summary>Gets the connections that have subscribed and were not removed.</summary>
    public IReadOnlyCollection<Connection> Connections => _connections;

    /// <summary>Starts a subscription. It replaces the connection's subscription of the same name.</summary>
    public void Add(Connection connection, string name, SubscriptionSpec spec)
    {
        Remove(connection, name);
        _connections.Add(connection);
        var subscription = Make(connection, spec);
        connection.Subscriptions.Set(name, subscription);
        router.Add(subscription);
    }

    /// <summary>Ends a subscription.</summary>
    /// <returns>False if the connection has no subscription of this name.</returns>
    public bool Remove(Connection connection, string name)
    {
        if (!connection.Subscriptions.Remove(name, out var subscription)) return false;
        router.Remove(subscription);
        _filters.Return(subscription.Filter);
        if (subscription.Limiter is null) return true;
        subscription.Limiter.End();
        _limiters--;
        return true;
    }

    /// <summary>Removes a connection that has closed, with its subscriptions.</summary>
    public void Remove(Connection connection)
    {
        foreach (var name in connection.Subscriptions.Names) Remove(connection, name);
        _connections.Remove(connection);
    }

    /// <summary>Delivers the values of a topic that rate limiters hold back, before the record that clears the topic.</summary>
    public void Release(string topic)
    {
        if (_limiters == 0) return;
        foreach (var group in router.Match(topic).Groups)
        {
            foreach (var subscription in group.Subscriptions) subscription.Limiter?.Release(topic);
        }
    }

    /// <summary>
    /// Sends the position to each connection that has not received it, with one body for all connections of a renderer. A subscriber that receives no records
    /// can then resume from this position instead of a much older one.
    /// </summary>
    public void SendPositions(Position head)
    {
        var bodies = new Dictionary<IRenderer, ReadOnlyMemory<byte>>();
        foreach (var connection in _connections)
        {
            if (connection.LastSentPosition == head) continue;
            connection.LastSentPosition = head;
            if (!bodies.TryGetValue(connection.Renderer, out var body))
            {
                var output = new MessageBuffer(64);
                connection.Renderer.RenderPosition(head, output);
                bodies[connection.Renderer] = body = output.Written;
            }

            if (!body.IsEmpty) connection.Send(body);
        }
    }

    private Subscription Make(Connection connection, SubscriptionSpec spec)
    {
        var limiter = spec.Rate is { } rate ? new RateLimiter(rate, connection, (owner, held) => fanOut.Deliver(owner.Owner!, held)) : null;
        var subscription = new Subscription(connection, spec, _filters.Take(spec.Filter))
        {
            Limiter = limiter,
            Batcher = spec.Batch is { } batch ? new Batcher(batch, connection, fanOut.MarkDirty) : null,
        };
        if (limiter is null) return subscription;
        limiter.Owner = subscription;
        _limiters++;
        return subscription;
    }
}
