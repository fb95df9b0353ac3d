using System.Globalization;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;

namespace Waggle.Dialects.Hosting;

/// <summary>The subscriptions of one connection and the limits on them. A struct, because every connection has one; not thread-safe.</summary>
internal struct SubscriptionQuota
{
    private SmallMap<(int Topics, bool IsPlain)> _subscriptions;
    private int _topics;
    private int _shaped;
    private int _numbered;

    public readonly int Count => _subscriptions.Count;

    /// <param name="topics">The topics and patterns of the new subscription.</param>
    /// <param name="isPlain">Whether it has no filter, rate or batch.</param>
    /// <returns>Null, or the reason why the limits do not permit it.</returns>
    public readonly Error? Problem(int topics, bool isPlain)
    {
        if (!isPlain && _shaped == Limits.MaxShapedSubscriptions)
        {
            return new Error(
                ErrorCodes.TooLarge,
                $"A connection has at most {Limits.MaxShapedSubscriptions} subscriptions with filter, max_rate or batch. One filter may say more: 'or', 'in'.");
        }

        return _topics + topics <= Limits.MaxSubscribedTopics ? null : new Error(
            ErrorCodes.TooLarge,
            $"The subscriptions of a connection have at most {Limits.MaxSubscribedTopics} topics together; with these there would be {_topics + topics}. "
                + "A pattern stands for many topics.");
    }

    /// <param name="name">The dialect's name for it, which replaces a subscription with that name; null assigns a number.</param>
    /// <returns>The id of the new subscription.</returns>
    public string Add(int topics, bool isPlain, string? name = null)
    {
        if (name is not null) Remove(name);
        var id = name ?? string.Create(CultureInfo.InvariantCulture, $"s{++_numbered}");
        _subscriptions.Set(id, (topics, isPlain));
        _topics += topics;
        if (!isPlain) _shaped++;
        return id;
    }

    /// <returns>The share of the removed subscription, for <see cref="Restore"/>; null if there is none of this id.</returns>
    public (int Topics, bool IsPlain)? Remove(string subscription)
    {
        if (!_subscriptions.Remove(subscription, out var removed)) return null;
        _topics -= removed.Topics;
        if (!removed.IsPlain) _shaped--;
        return removed;
    }

    /// <summary>Counts a removed subscription again, because the one that should replace it did not begin.</summary>
    public void Restore(string subscription, (int Topics, bool IsPlain)? removed)
    {
        if (removed is { } share) Add(share.Topics, share.IsPlain, subscription);
    }
}
