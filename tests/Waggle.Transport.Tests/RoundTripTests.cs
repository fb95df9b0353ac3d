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
        _trip.Answered(_time);
        Assert.Null(_trip.Last);
    }

    [Fact]
    public void A_pong_after_two_pings_measures_nothing_and_the_next_pair_does()
    {
        _trip.Sent(_time);
        _trip.Sent(_time);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        _trip.Answered(_time);
        Assert.Null(_trip.Last);
        Measure(30);
        Assert.Equal(TimeSpan.FromMilliseconds(30), _trip.Last);
    }

    private void Measure(int ms)
    {
        _trip.Sent(_time);
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        _trip.Answered(_time);
    }
}
