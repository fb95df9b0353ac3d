using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Kernel;

public class TimerQueueTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly EntityKey A = new("task", "a");
    private static readonly EntityKey B = new("task", "b");

    private readonly TimerQueue _timers = new();

    private static DateTimeOffset At(int seconds) => T0.AddSeconds(seconds);

    private EntityKey? Take(int seconds) => _timers.TryTake(At(seconds), out var key) ? key : null;

    [Fact]
    public void The_earliest_comes_first_and_none_before_its_time()
    {
        _timers.Set(A, At(2));
        _timers.Set(B, At(1));

        Assert.Equal(At(1), _timers.NextDue);
        Assert.Null(Take(0));
        Assert.Equal(B, Take(2));
        Assert.Equal(A, Take(2));
        Assert.Null(Take(2));
        Assert.Null(_timers.NextDue);
    }

    [Fact]
    public void A_key_has_one_time_the_last_that_was_set()
    {
        _timers.Set(A, At(1));
        _timers.Set(A, At(5));

        Assert.Null(Take(4));
        Assert.Equal(A, Take(5));
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public void Cancelled_it_leaves_nothing_behind()
    {
        _timers.Set(A, At(1));
        _timers.Set(A, null);
        _timers.Set(B, null);

        Assert.Equal((0, null), (_timers.Count, _timers.NextDue));
    }

    [Fact]
    public void An_earlier_time_wins_and_a_later_one_waits_its_turn()
    {
        _timers.SetEarlier(A, At(5));
        _timers.SetEarlier(A, At(9));
        Assert.Equal(At(5), _timers.DueOf(A));
        _timers.SetEarlier(A, At(3));
        Assert.Equal(At(3), _timers.DueOf(A));
    }

    [Fact]
    public void It_agrees_with_a_list_that_is_searched() => Steps.Check(400, least: 1, most: 120, seeds =>
    {
        var gen = new Gen(0);
        var timers = new TimerQueue();
        var model = new Dictionary<EntityKey, DateTimeOffset>();
        foreach (var seed in seeds)
        {
            gen.Reseed(seed);
            var key = new EntityKey("k", gen.Int(1, 8).ToString());
            var at = At(gen.Int(0, 20));
            if (gen.Bool(0.2))
            {
                timers.Set(key, null);
                model.Remove(key);
            }
            else if (gen.Bool())
            {
                timers.Set(key, at);
                model[key] = at;
            }
            else
            {
                timers.SetEarlier(key, at);
                model[key] = model.TryGetValue(key, out var old) && old < at ? old : at;
            }

            if (gen.Bool(0.2) && timers.TryTake(At(10), out var due))
            {
                Assert.Equal(model.Values.Min(), model[due]);
                Assert.True(model.Remove(due));
            }

            Assert.Equal(model.Count, timers.Count);
            Assert.Equal(model.Count == 0 ? null : model.Values.Min(), timers.NextDue);
        }
    });
}
