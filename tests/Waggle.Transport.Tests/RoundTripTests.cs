using Waggle.TestKit;

namespace Waggle.Transport.Tests;

public class RoundTripTests
{
    private readonly FakeTime _time = new();
    private readonly RoundTrip _trip = new();

    [Fact]
    public void Nothing_is_known_before_the_first_pong_and_no_jitter_before_the_second()
    {
        Assert.Equal((null, null), (_trip.Last, _trip.Jitter));
        Measure(50);
        Assert.Equal((TimeSpan.FromMilliseconds(50), null), (_trip.Last, _trip.Jitter));
        Measure(66);
        Assert.Equal((TimeSpan.FromMilliseconds(66), TimeSpan.FromMilliseconds(16)), (_trip.Last, _trip.Jitter));
        Measure(66);
        Assert.Equal(TimeSpan.FromMilliseconds(15), _trip.Jitter);
    }

    [Fact]
    public void A_pong_without_a_ping_measures_nothing()
    {
        _trip.Answered(0, _time);
        _trip.Answered(1, _time);
        Assert.Null(_trip.Last);
    }

    [Fact]
    public void A_pong_that_comes_after_the_next_ping_is_not_taken_for_its_answer()
    {
        var first = _trip.Sent(_time);
        _time.Advance(TimeSpan.FromSeconds(30));
        var second = _trip.Sent(_time);
        _time.Advance(TimeSpan.FromSeconds(1));
        _trip.Answered(first, _time);
        Assert.Null(_trip.Last);
        _time.Advance(TimeSpan.FromSeconds(1));
        _trip.Answered(second, _time);
        Assert.Equal(TimeSpan.FromSeconds(2), _trip.Last);
        _time.Advance(TimeSpan.FromSeconds(1));
        _trip.Answered(second, _time);
        Assert.Equal(TimeSpan.FromSeconds(2), _trip.Last);
    }

    private void Measure(int ms)
    {
        var ping = _trip.Sent(_time);
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        _trip.Answered(ping, _time);
    }
}
