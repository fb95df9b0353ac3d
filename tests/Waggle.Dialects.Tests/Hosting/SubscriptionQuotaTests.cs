using Waggle.Dialects.Hosting;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class SubscriptionQuotaTests
{
    private SubscriptionQuota _quota;

    [Fact]
    public void Subscriptions_are_numbered_and_counted()
    {
        Assert.Equal(["s1", "s2"], [_quota.Add(1, isPlain: true), _quota.Add(1, isPlain: true)]);
        _quota.Remove("s1");
        _quota.Remove("s1");
        Assert.Equal(1, _quota.Count);
        Assert.Equal("s3", _quota.Add(1, isPlain: true));
    }

    [Fact]
    public void Topics_have_a_limit_and_come_free_with_their_subscription()
    {
        var id = _quota.Add(Limits.MaxSubscribedTopics, isPlain: true);
        Assert.Equal(ErrorCodes.TooLarge, _quota.Problem(1, isPlain: true)!.Code);

        _quota.Remove(id);

        Assert.Null(_quota.Problem(Limits.MaxSubscribedTopics, isPlain: true));
    }

    [Fact]
    public void A_name_of_the_dialects_own_takes_the_place_of_the_one_before()
    {
        Assert.Equal("tasks", _quota.Add(3, isPlain: false, "tasks"));
        Assert.Equal("tasks", _quota.Add(Limits.MaxSubscribedTopics, isPlain: true, "tasks"));
        Assert.Equal(1, _quota.Count);
        Assert.Equal(ErrorCodes.TooLarge, _quota.Problem(1, isPlain: true)!.Code);
    }

    [Fact]
    public void Subscriptions_with_a_filter_have_a_limit_of_their_own()
    {
        for (var i = 0; i < Limits.MaxShapedSubscriptions; i++)
        {
            Assert.Null(_quota.Problem(1, isPlain: false));
            _quota.Add(1, isPlain: false);
        }

        Assert.Equal(ErrorCodes.TooLarge, _quota.Problem(1, isPlain: false)!.Code);
        Assert.Null(_quota.Problem(1, isPlain: true));

        _quota.Remove("s1");
        Assert.Null(_quota.Problem(1, isPlain: false));
    }
}
