using System.Runtime.ExceptionServices;
using Waggle.TestKit;
using Waggle.Transport.Timers;

namespace Waggle.Transport.Tests.Timers;

public class TimerWheelTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly FakeTime _time = new();
    private readonly List<string> _fired = [];
    private readonly List<Exception> _faults = [];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(249)]
    [InlineData(250)]
    [InlineData(251)]
    [InlineData(10_000)]
    [InlineData(16_000)]
    [InlineData(100_000)]
    public void A_timeout_is_never_early_and_late_by_a_tick_at_most(int milliseconds)
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        for (var begun = 0; begun < 300; begun += 49)
        {
            _time.Advance(TimeSpan.FromMilliseconds(49));
            wheel.Set(Make("a"), TimeSpan.FromMilliseconds(milliseconds));
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds) - TimeSpan.FromTicks(1));
            if (milliseconds > 0) Assert.Empty(_fired);
            _time.Advance(Tick + TimeSpan.FromTicks(1));
            Assert.Equal(["a"], _fired);
            _fired.Clear();
        }
    }

    [Fact]
    public void Set_anew_it_fires_once_and_at_the_later_time()
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        var timer = Make("a");
        wheel.Set(timer, TimeSpan.FromSeconds(1));
        wheel.Set(timer, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(_fired);
        wheel.Set(timer, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(["a"], _fired);
    }

    [Fact]
    public void Cleared_it_does_not_fire_and_may_be_set_again()
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        var (first, second, third) = (Make("1"), Make("2"), Make("3"));
        foreach (var timer in new[] { first, second, third }) wheel.Set(timer, TimeSpan.FromSeconds(1));
        wheel.Clear(second);
        wheel.Clear(second);
        wheel.Clear(Make("never set"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["1", "3"], _fired.Order());
        wheel.Clear(first);
        wheel.Set(second, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["1", "2", "3"], _fired.Order());
    }

    [Fact]
    public void It_may_be_set_from_where_it_fires()
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        var left = 3;
        Timer? timer = null;
        timer = new Timer(() =>
        {
            _fired.Add("a");
            if (--left > 0) wheel.Set(timer!, TimeSpan.FromSeconds(20));
        });
        wheel.Set(timer, TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(41));
        Assert.Equal(2, _fired.Count);
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(3, _fired.Count);
    }

    [Fact]
    public void Set_anew_from_where_another_fires_it_waits_its_new_time()
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        var timers = new Timer[3];
        for (var i = 0; i < timers.Length; i++)
        {
            var me = i;
            timers[i] = new Timer(() =>
            {
                _fired.Add($"{me}");
                foreach (var other in timers.Where(t => t != timers[me])) wheel.Set(other, TimeSpan.FromSeconds(20));
            });
        }

        foreach (var timer in timers) wheel.Set(timer, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(_fired);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _fired.Count);
        Assert.Empty(_faults);
    }

    [Fact]
    public void Cleared_from_where_another_fires_it_does_not_fire()
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        var timers = new Timer[3];
        for (var i = 0; i < timers.Length; i++)
        {
            var me = i;
            timers[i] = new Timer(() =>
            {
                _fired.Add($"{me}");
                foreach (var other in timers.Where(t => t != timers[me])) wheel.Clear(other);
            });
        }

        foreach (var timer in timers) wheel.Set(timer, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Single(_fired);
        wheel.Set(timers[0], TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _fired.Count);
    }

    [Fact]
    public void One_that_throws_is_told_of_and_holds_up_nobody_and_may_be_set_again()
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        var wrong = new InvalidOperationException("wrong");
        var bad = new Timer(() => throw wrong);
        foreach (var timer in new[] { Make("1"), bad, Make("2") }) wheel.Set(timer, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["1", "2"], _fired.Order());
        Assert.Equal([wrong], _faults);
        wheel.Set(bad, TimeSpan.FromSeconds(1));
        wheel.Set(Make("3"), TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["1", "2", "3"], _fired.Order());
        Assert.Equal([wrong, wrong], _faults);
    }

    [Fact]
    public void However_many_are_set_there_is_one_timer_and_none_at_the_end()
    {
        using (var wheel = new TimerWheel(_time, Tick, _faults.Add))
        {
            for (var i = 0; i < 10_000; i++) wheel.Set(Make("x"), TimeSpan.FromSeconds(i % 100));
            Assert.Equal(1, _time.Waiting);
            _time.Advance(TimeSpan.FromSeconds(101));
            Assert.Equal((10_000, 1), (_fired.Count, _time.Waiting));
        }

        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public void Setting_allocates_nothing()
    {
        using var wheel = new TimerWheel(_time, Tick, _faults.Add);
        var timer = Make("a");
        wheel.Set(timer, Tick);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) wheel.Set(timer, TimeSpan.FromMilliseconds(i));
        wheel.Clear(timer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void After_a_pause_of_the_machine_all_that_was_due_fires_at_once_and_nothing_else()
    {
        var time = new PausingTime();
        using var wheel = new TimerWheel(time, Tick, _faults.Add);
        for (var seconds = 1; seconds <= 200; seconds++) wheel.Set(Make($"{seconds}"), TimeSpan.FromSeconds(seconds));
        time.Turn(TimeSpan.FromSeconds(0.25));
        time.Turn(TimeSpan.FromSeconds(100.3));
        Assert.Equal(Enumerable.Range(1, 100), _fired.Select(int.Parse).Order());
        wheel.Set(Make("201"), TimeSpan.FromSeconds(1));
        time.Turn(TimeSpan.FromHours(10));
        Assert.Equal(Enumerable.Range(1, 201), _fired.Select(int.Parse).Order());
    }

    [Fact]
    public void Thousands_of_random_ones_keep_their_times() => Gen.ForAll(20, gen =>
    {
        var time = new FakeTime();
        using var wheel = new TimerWheel(time, Tick, Rethrow, gen.Pick(1, 7, 64));
        var due = new Dictionary<int, DateTimeOffset>();
        var timers = new Timer[300];
        for (var i = 0; i < timers.Length; i++)
        {
            var me = i;
            timers[i] = new Timer(() =>
            {
                Assert.True(due.Remove(me, out var at), "It was not set.");
                Assert.InRange(time.GetUtcNow(), at, at + Tick);
                if (gen.Bool(0.1)) Set(me);
            });
        }

        for (var steps = 0; steps < 2000; steps++)
        {
            var which = gen.Int(0, timers.Length - 1);
            if (gen.Bool(0.7)) Set(which);
            else if (gen.Bool())
            {
                wheel.Clear(timers[which]);
                due.Remove(which);
            }
            else time.Advance(TimeSpan.FromMilliseconds(gen.Int(0, gen.Pick(10, 300, 3000))));
        }

        for (var i = 0; i < timers.Length; i++) wheel.Clear(timers[i]);
        Assert.All(due.Values, at => Assert.True(at + Tick >= time.GetUtcNow(), "It should have fired."));

        void Set(int which)
        {
            var after = TimeSpan.FromMilliseconds(gen.Int(0, gen.Pick(10, 1000, 60_000)));
            due[which] = time.GetUtcNow() + after;
            wheel.Set(timers[which], after);
        }
    });

    private static void Rethrow(Exception e) => ExceptionDispatchInfo.Throw(e);

    private Timer Make(string name) => new(() => _fired.Add(name));

    private sealed class Timer(Action fire) : WheelTimer
    {
        protected internal override void Fire() => fire();
    }

    // A clock whose timer missed its turns.
    private sealed class PausingTime : TimeProvider
    {
        private TimeSpan _now;
        private Action? _turn;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _turn = () => callback(state);
            return new FakeTime().CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Turn(TimeSpan now)
        {
            _now = now;
            _turn!();
        }
    }
}
