using Waggle.Delivery.Filters;
using Waggle.Delivery.Routing;
using Waggle.Delivery.Tests.Support;
using Waggle.Protocol.Topics;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests.Routing;

public class RouterTests
{
    [Fact]
    public void The_subscribers_of_a_topic_are_those_whose_patterns_match() => Gen.ForAll(300, gen =>
    {
        var connections = gen.List(1, 6, Connect);
        var filters = new FilterTable();
        var wanted = new List<Subscription>();
        var router = new Router();
        for (var step = 0; step < 120; step++)
        {
            if (gen.Bool(0.4))
            {
                var interest = new SubscriptionSpec([.. gen.List(1, 3, () => Pattern(gen))]) { Filter = gen.Maybe(() => Filter(gen), 0.3) };
                var one = new Subscription(gen.Pick([.. connections]), interest, filters.Take(interest.Filter));
                wanted.Add(one);
                router.Add(one);
            }
            else if (gen.Bool() && wanted.Count > 0)
            {
                var at = gen.Int(0, wanted.Count - 1);
                router.Remove(wanted[at]);
                filters.Return(wanted[at].Filter);
                wanted.RemoveAt(at);
            }

            var topic = string.Join('.', gen.List(1, 3, () => gen.Pick("a", "b", "cc")));
            var fan = router.Match(topic);
            var matching = wanted.Where(w => w.Spec.Patterns.Any(p => p.Matches(topic))).ToArray();
            var plain = matching.Where(w => w.IsPlain).Select(w => w.Connection).ToHashSet();
            Assert.Equal(plain.Count, fan.Plain.Length);
            Assert.True(plain.SetEquals(fan.Plain));

            // A connection that receives the record in any case is not in a group.
            var others = matching.Where(w => !plain.Contains(w.Connection)).ToHashSet();
            Assert.Equal(others.Count, fan.Groups.Sum(g => g.Subscriptions.Length));
            Assert.True(others.SetEquals(fan.Groups.SelectMany(g => g.Subscriptions)));
            Assert.All(fan.Groups, g => Assert.All(g.Subscriptions, s => Assert.Same(g.Filter, s.Filter)));
            Assert.Equal(fan.Groups.Length, fan.Groups.Select(g => g.Filter).Distinct().Count());
        }

        foreach (var one in wanted) filters.Return(one.Filter);
        Assert.Equal(0, filters.Count);
    });

    [Fact]
    public void A_new_subscriber_does_not_invalidate_other_topics()
    {
        var router = new Router();
        router.Add(Plain("a.#"));
        router.Add(Plain("b.1"));
        var (a, b) = (router.Match("a.1"), router.Match("b.1"));
        router.Add(Plain("c.1"));
        router.Add(Plain("d.*"));
        Assert.Same(a, router.Match("a.1"));
        Assert.Same(b, router.Match("b.1"));
        router.Add(Plain("a.*"));
        Assert.Equal(2, router.Match("a.1").Plain.Length);
        Assert.Same(b, router.Match("b.1"));
    }

    [Fact]
    public void Topics_with_the_same_subscribers_share_one_list()
    {
        var router = new Router();
        router.Add(Plain("task.#"));
        Assert.Same(router.Match("task.1.created"), router.Match("task.2.progress"));
    }

    [Fact]
    public void The_router_is_empty_when_all_subscriptions_ended()
    {
        var router = new Router();
        var all = new[] { "a", "a.*", "*.b.#", "#" }.Select(Plain).ToArray();
        foreach (var one in all) router.Add(one);
        Assert.False(router.Match("a").IsEmpty);
        foreach (var one in all) router.Remove(one);
        Assert.True(router.Match("a").IsEmpty);
        router.Remove(all[0]);
        router.Add(all[0]);
        Assert.Single(router.Match("a").Plain);
    }

    private static Subscription Plain(string pattern) => new(Connect(), new SubscriptionSpec(TopicPattern.TryParse(pattern, out var parsed) ? parsed : throw new ArgumentException(pattern)));

    private static Connection Connect() => new("c", new MemoryWire(), new PlainRenderer(), new OutboxLimits(), new FakeTime());

    private static RecordFilter Filter(Gen gen) =>
        RecordFilter.TryParse(System.Text.Encoding.UTF8.GetBytes($"{{\"field\":\"kind\",\"eq\":\"{gen.Pick("x", "y")}\"}}"), out var filter, out var problem) ? filter : throw new InvalidOperationException(problem);

    private static TopicPattern Pattern(Gen gen)
    {
        if (gen.Bool(0.2)) return TopicPattern.TryParseGlob(string.Concat(gen.List(1, 4, () => gen.Pick("a", "b", "c", ".", "*", "?"))), out var glob) ? glob : throw new InvalidOperationException();
        var segments = gen.List(1, 3, () => gen.Pick("a", "b", "cc", "*"));
        if (gen.Bool(0.3)) segments.Add("#");
        return TopicPattern.TryParse(string.Join('.', segments), out var pattern) ? pattern : throw new InvalidOperationException();
    }
}
