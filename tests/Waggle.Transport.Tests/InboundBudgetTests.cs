using Waggle.TestKit;

namespace Waggle.Transport.Tests;

public class InboundBudgetTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void A_burst_of_two_seconds_is_free_and_the_rest_is_waited_for()
    {
        var budget = Of(frames: 10);
        Assert.Equal(TimeSpan.Zero, budget.Pay(20, 1_000_000_000));
        Assert.Equal(TimeSpan.FromSeconds(0.5), budget.Pay(5, 0));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, budget.Pay(0, 0));
        Assert.Equal(TimeSpan.FromSeconds(0.1), budget.Pay(1, 0));
    }

    [Fact]
    public void The_longer_of_the_two_waits_counts()
    {
        var budget = Of(frames: 10, bytes: 100);
        Assert.Equal(TimeSpan.FromSeconds(3), budget.Pay(30, 500));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(1), budget.Pay(30, 0));
    }

    [Fact]
    public void What_is_saved_up_has_a_bound()
    {
        var budget = Of(frames: 10);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(1), budget.Pay(30, 0));
    }

    [Fact]
    public void Without_a_limit_nobody_waits() => Assert.Equal(TimeSpan.Zero, Of().Pay(long.MaxValue, long.MaxValue));

    private InboundBudget Of(int frames = 0, long bytes = 0) => new(new InboundLimits { FramesPerSecond = frames, BytesPerSecond = bytes }, _time);
}
