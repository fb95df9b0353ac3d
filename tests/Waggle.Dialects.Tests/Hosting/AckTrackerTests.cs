using Waggle.Dialects.Hosting;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class AckTrackerTests
{
    private readonly AckTracker _acks = new();

    [Fact]
    public void The_first_answer_proves_nothing_about_what_was_on_its_way()
    {
        _acks.Pinged(10);
        _acks.Answered();
        Assert.Equal(0, _acks.Heard);
    }

    [Fact]
    public void An_answer_proves_what_was_sent_before_the_ping_before_it()
    {
        _acks.Pinged(10);
        _acks.Answered();
        _acks.Pinged(20);
        _acks.Answered();
        Assert.Equal(10, _acks.Heard);
    }

    [Fact]
    public void A_client_that_closes_in_good_order_has_heard_everything()
    {
        _acks.Pinged(10);
        _acks.Parted(30);
        Assert.Equal(30, _acks.Heard);
    }
}
