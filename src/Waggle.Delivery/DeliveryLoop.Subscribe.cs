using Waggle.Delivery.Shaping;

namespace Waggle.Delivery;

public sealed partial class DeliveryLoop
{
    private void Subscribe(Subscribing request)
    {
        if (!_started)
        {
            // Nobody knows yet where the log stands.
            _early.Add(request);
            return;
        }

        if (!request.Scan.Complete(_window, _head))
        {
            request.Done.SetResult(false);
            return;
        }

        Unsubscribe(request.Connection, request.Subscription);
        _connections.Add(request.Connection);
        request.Connection.Slow = _heard;
        var subscription = Make(request.Connection, request.Spec);
        request.Connection.Subscriptions.Set(request.Subscription, subscription);
        _router.Add(subscription);
        var latest = _latest.Of(request.Spec, request.Connection.Hears);
        request.Connection.LastSentPosition = _head;
        var result = new SubscribeResult(request.Subscription, request.Scan.Recovered, request.Scan.Records, latest, _head);
        if (request.Reply(result) is { } reply) request.Connection.Send(reply);
        if (request.Scan.Resumes) Metrics.Resumed(request.Scan.Recovered);
        request.Done.SetResult(true);
    }

    private Subscription Make(Connection connection, SubscriptionSpec interest)
    {
        var limiter = interest.Rate is { } rate ? new RateLimiter(rate, connection, (owner, held) => Hand(owner.Owner!, held)) : null;
        var subscription = new Subscription(connection, interest, _filters.Take(interest.Filter))
        {
            Limiter = limiter,
            Batcher = interest.Batch is { } batch ? new Batcher(batch, connection, MarkDirty) : null,
        };
        if (limiter is null) return subscription;
        limiter.Owner = subscription;
        _limiters++;
        return subscription;
    }

    private bool Unsubscribe(Connection connection, string name)
    {
        if (!connection.Subscriptions.Remove(name, out var subscription)) return false;
        _router.Remove(subscription);
        _filters.Return(subscription.Filter);
        if (subscription.Limiter is null) return true;
        subscription.Limiter.End();
        _limiters--;
        return true;
    }

    private void Forget(Connection connection)
    {
        foreach (var subscription in connection.Subscriptions.Names) Unsubscribe(connection, subscription);
        _connections.Remove(connection);
    }
}
