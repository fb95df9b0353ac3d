using Waggle.Delivery.Tests.Support;
using Waggle.Protocol.Topics;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class RouterTests
{
    [Fact]
    public void Who_wants_a_topic_is_what_asking_everybody_says() => Gen.ForAll(150, gen =>
    {
        var connections = gen.List(1, 6, () => new Connection("c", new MemoryWire(), new PlainRenderer(), new OutboxLimits(), TimeProvider.System));
        var wanted = new List<(Connection Connection, TopicPattern Pattern)>();
        var router = new Router();
        for (var step = 0; step < 80; step++)
        {
            if (gen.Bool(0.4))
            {
                var one = (gen.Pick([.. connections]), Pattern(gen));
                wanted.Add(one);
                router.Add(one.Item1, one.Item2);
            }
            else if (gen.Bool() && wanted.Count > 0)
            {
                var at = gen.Int(0, wanted.Count - 1);
                router.Remove(wanted[at].Connection, wanted[at].Pattern);
                wanted.RemoveAt(at);
            }

            var topic = string.Join('.', gen.List(1, 3, () => gen.Pick("a", "b", "c")));
            var naive = wanted.Where(w => w.Pattern.Matches(topic)).Select(w => w.Connection).Distinct().ToHashSet();
            var found = router.Match(topic).ToArray();
            Assert.Equal(naive.Count, found.Length);
            Assert.True(naive.SetEquals(found));
        }
    });

    [Fact]
    public void Taking_away_what_was_never_added_does_nothing()
    {
        var router = new Router();
        var connection = new Connection("c", new MemoryWire(), new PlainRenderer(), new OutboxLimits(), TimeProvider.System);
        Assert.True(TopicPattern.TryParse("a.*", out var pattern));
        router.Remove(connection, pattern);
        Assert.True(router.Match("a.b").IsEmpty);
    }

    private static TopicPattern Pattern(Gen gen)
    {
        var segments = gen.List(1, 3, () => gen.Pick("a", "b", "c", "*"));
        if (gen.Bool(0.3)) segments.Add("#");
        return TopicPattern.TryParse(string.Join('.', segments), out var pattern) ? pattern : throw new InvalidOperationException();
    }
}
