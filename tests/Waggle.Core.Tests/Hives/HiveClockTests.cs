using Waggle.Core.Hives;

namespace Waggle.Core.Tests.Hives;

public class HiveClockTests
{
    private readonly Clocks _time = new();

    [Fact]
    public void It_goes_with_the_wall_clock_in_whole_milliseconds()
    {
        var clock = new HiveClock(_time, DateTimeOffset.MinValue);
        var start = clock.Now();

        _time.Pass(TimeSpan.FromMilliseconds(1234.567));

        Assert.Equal(TimeSpan.FromMilliseconds(1234), clock.Now() - start);
        Assert.Equal(TimeSpan.Zero, clock.Offset);
    }

    [Fact]
    public void Parts_of_milliseconds_are_not_lost()
    {
        var clock = new HiveClock(_time, DateTimeOffset.MinValue);
        var start = clock.Now();
        for (var i = 0; i < 10_000; i++)
        {
            _time.Pass(TimeSpan.FromMicroseconds(100));
            clock.Now();
        }

        Assert.Equal(TimeSpan.FromSeconds(1), clock.Now() - start);
    }

    [Fact]
    public void It_never_starts_before_what_was_written_last()
    {
        var written = _time.GetUtcNow() + TimeSpan.FromHours(5);
        Assert.Equal(written, new HiveClock(_time, written).Now());
    }

    [Fact]
    public void A_wall_clock_that_jumps_ahead_is_followed_at_once()
    {
        var clock = new HiveClock(_time, DateTimeOffset.MinValue);
        var start = clock.Now();
        _time.Jump(TimeSpan.FromHours(9));

        Assert.Equal(TimeSpan.FromHours(9), clock.Now() - start);
        Assert.Equal(TimeSpan.FromHours(9), clock.Jump);
        _time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(_time.GetUtcNow(), clock.Now());
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(10)), (clock.Jump, clock.Passed));
    }

    [Theory]
    [InlineData(-3600, 9)]
    [InlineData(-1, 9)]
    [InlineData(2, 11)]
    public void A_wall_clock_that_moves_back_or_hardly_ahead_pulls_it_by_a_tenth_at_most(int seconds, int passed)
    {
        var clock = new HiveClock(_time, DateTimeOffset.MinValue);
        var start = clock.Now();

        _time.Jump(TimeSpan.FromSeconds(seconds));
        Assert.Equal(start, clock.Now());
        _time.Pass(TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(passed), clock.Now() - start);
        Assert.Equal(TimeSpan.Zero, clock.Jump);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-60)]
    public void It_agrees_with_the_wall_clock_in_the_end_and_never_runs_backwards(int seconds)
    {
        var clock = new HiveClock(_time, DateTimeOffset.MinValue);
        _time.Jump(TimeSpan.FromSeconds(seconds));
        var last = clock.Now();
        for (var i = 0; i < 700; i++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            var now = clock.Now();
            Assert.True(now > last);
            last = now;
        }

        Assert.Equal(_time.GetUtcNow(), last);
    }

    /// <summary>A wall clock and a monotonic one that a test moves apart.</summary>
    private sealed class Clocks : TimeProvider
    {
        private DateTimeOffset _wall = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _wall;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time)
        {
            _wall += time;
            _ticks += time.Ticks;
        }

        public void Jump(TimeSpan by) => _wall += by;
    }
}
