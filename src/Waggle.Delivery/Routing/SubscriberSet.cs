using Waggle.Protocol.Topics;

namespace Waggle.Delivery.Routing;

/// <summary>One subscription to one pattern, with its index in the set, so that removal needs no search.</summary>
internal sealed class Member(Subscription subscription, SubscriberSet set)
{
    public Subscription Subscription => subscription;

    public SubscriberSet Set => set;

    public int Index { get; set; }
}

/// <summary>All subscriptions to the same topic or pattern. The epoch grows with each change.</summary>
internal sealed class SubscriberSet(TopicPattern pattern)
{
    private readonly List<Member> _members = [];
    private SubscriberList? _list;
    private long _made;

    public TopicPattern Pattern => pattern;

    public List<Member> Members => _members;

    public long Epoch { get; private set; }

    public Member Add(Subscription subscription)
    {
        var member = new Member(subscription, this) { Index = _members.Count };
        _members.Add(member);
        Epoch++;
        return member;
    }

    public void Remove(Member member)
    {
        var last = _members[^1];
        _members[member.Index] = last;
        last.Index = member.Index;
        _members.RemoveAt(_members.Count - 1);
        Epoch++;
    }

    /// <summary>Returns the list of these members, which is shared by all topics that match only this pattern.</summary>
    public SubscriberList List(SubscriberListBuilder builder)
    {
        if (_list is not null && _made == Epoch) return _list;
        _made = Epoch;
        return _list = builder.Build([this]);
    }
}
