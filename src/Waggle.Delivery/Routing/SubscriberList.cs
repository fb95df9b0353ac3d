using Waggle.Delivery.Filters;

namespace Waggle.Delivery.Routing;

/// <summary>
/// The subscribers of a topic in the order of delivery: connections that receive every record at once, in their own form or in that of a subscription, and
/// groups of subscriptions that share a filter.
/// </summary>
internal sealed record SubscriberList(Connection[] Plain, FormGroup[] Forms, SubscriberGroup[] Groups)
{
    public static readonly SubscriberList Nobody = new([], [], []);

    public bool IsEmpty => Plain.Length == 0 && Forms.Length == 0 && Groups.Length == 0;
}

/// <summary>Connections that receive every record at once in the form of their subscriptions.</summary>
internal readonly record struct FormGroup(IRenderer Form, Connection[] Connections);

/// <summary>Subscriptions with the same filter.</summary>
internal readonly record struct SubscriberGroup(SharedFilter? Filter, Subscription[] Subscriptions);

/// <summary>
/// Builds lists of subscribers. Marks on connections and subscriptions prevent duplicates, without a set. Only its delivery loop uses it.
/// </summary>
internal sealed class SubscriberListBuilder
{
    private readonly List<Connection> _plain = [];
    private readonly Dictionary<IRenderer, HashSet<Connection>> _forms = [];
    private readonly List<Subscription> _others = [];
    private readonly List<SubscriberGroup> _groups = [];
    private long _mark;

    public SubscriberList Build(ReadOnlySpan<SubscriberSet> sets)
    {
        _mark++;
        foreach (var set in sets)
        {
            foreach (var member in set.Members)
            {
                if (!member.Subscription.IsPlain) continue;
                if (member.Subscription.Form is { } form)
                {
                    if (!_forms.TryGetValue(form, out var connections)) _forms[form] = connections = [];
                    connections.Add(member.Subscription.Connection);
                    continue;
                }

                if (member.Subscription.Connection.Mark == _mark) continue;
                member.Subscription.Connection.Mark = _mark;
                _plain.Add(member.Subscription.Connection);
            }
        }

        foreach (var set in sets)
        {
            foreach (var member in set.Members)
            {
                var subscription = member.Subscription;
                if (subscription.Mark == _mark) continue;
                if (subscription.Form is null ? subscription.Connection.Mark == _mark : subscription.IsPlain) continue;
                subscription.Mark = _mark;
                _others.Add(subscription);
            }
        }

        var isEmpty = _plain.Count == 0 && _forms.Count == 0 && _others.Count == 0;
        var fan = isEmpty ? SubscriberList.Nobody : new SubscriberList([.. _plain], [.. _forms.Select(f => new FormGroup(f.Key, [.. f.Value]))], Groups());
        _plain.Clear();
        _forms.Clear();
        return fan;
    }

    // A record for several subscriptions of a connection is delivered by the one that delays it least, so the groups are sorted by their delay.
    private SubscriberGroup[] Groups()
    {
        if (_others.Count == 0) return [];
        _others.Sort(static (a, b) =>
        {
            var order = Delay(a).CompareTo(Delay(b));
            if (order == 0) order = Wait(a).CompareTo(Wait(b));
            return order != 0 ? order : (a.Filter?.Number ?? 0).CompareTo(b.Filter?.Number ?? 0);
        });
        for (var from = 0; from < _others.Count;)
        {
            var to = from + 1;
            while (to < _others.Count && _others[to].Filter == _others[from].Filter) to++;
            _groups.Add(new SubscriberGroup(_others[from].Filter, [.. _others[from..to]]));
            from = to;
        }

        SubscriberGroup[] groups = [.. _groups];
        _groups.Clear();
        _others.Clear();
        return groups;
    }

    private static long Delay(Subscription subscription) => subscription.Spec.Rate?.Interval.Ticks ?? 0;

    private static long Wait(Subscription subscription) => subscription.Spec.Batch?.Wait.Ticks ?? 0;
}
