using Waggle.Core.Access;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Access;

public class RateLimiterTests
{
    private static readonly RateLimit Limit = new(3, TimeSpan.FromSeconds(60));

    private readonly FakeTime _time = new();

    [Fact]
    public void Exactly_the_limit_passes_in_each_window()
    {
        var limiter = new RateLimiter(_time);
        for (var window = 0; window < 3; window++)
        {
            for (var i = 0; i < 3; i++) Assert.Null(limiter.Take("ann", Limit));
            Assert.NotNull(limiter.Take("ann", Limit));
            _time.Advance(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public void A_refusal_has_the_rest_of_the_window_and_the_first_one_is_marked()
    {
        var limiter = new RateLimiter(_time);
        for (var i = 0; i < 3; i++) limiter.Take("ann", Limit);
        _time.Advance(TimeSpan.FromSeconds(15));
        var (first, second) = (limiter.Take("ann", Limit)!.Value, limiter.Take("ann", Limit)!.Value);
        Assert.Equal((TimeSpan.FromSeconds(45), true), (first.RetryAfter, first.IsFirst));
        Assert.False(second.IsFirst);
        Assert.Equal("More than 3 messages in 60 s. Send again in 45 s.", first.Message);
    }

    [Fact]
    public void Each_client_has_a_count_of_its_own()
    {
        var limiter = new RateLimiter(_time);
        for (var i = 0; i < 4; i++) limiter.Take("ann", Limit);
        Assert.Null(limiter.Take("bob", Limit));
    }

    [Fact]
    public void Clients_that_are_gone_cost_nothing_for_ever()
    {
        var limiter = new RateLimiter(_time);
        for (var i = 0; i < 10_000; i++) limiter.Take($"c{i}", Limit);
        _time.Advance(TimeSpan.FromSeconds(61));
        limiter.Take("one more", Limit);
        Assert.Equal(1, limiter.Count);
    }

    [Fact]
    public void Clients_that_are_gone_are_looked_for_once_in_a_window()
    {
        var limiter = new RateLimiter(_time);
        for (var i = 0; i < 5_000; i++) limiter.Take($"early {i}", Limit);
        _time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 5_001; i++) limiter.Take($"late {i}", Limit);
        _time.Advance(TimeSpan.FromSeconds(31));
        limiter.Take("one more", Limit);
        Assert.Equal(10_002, limiter.Count);
        _time.Advance(TimeSpan.FromSeconds(30));
        limiter.Take("one more", Limit);
        Assert.Equal(1, limiter.Count);
    }

    [Fact]
    public void No_number_is_no_limit()
    {
        Assert.Null(RateLimit.PerMinute(0));
        Assert.Equal(new RateLimit(100, TimeSpan.FromMinutes(1)), RateLimit.PerMinute(100));
    }
}
