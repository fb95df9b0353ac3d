using Waggle.Core.Agents;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Agents;

public class LeaseTableTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly LeaseTable _leases = new();

    [Fact]
    public void A_lease_lasts_until_it_was_last_extended_to()
    {
        _leases.Add("t1", "a1", Period);
        Assert.Null(_leases.Until("t1"));

        Assert.Equal("a1", _leases.Extend("t1", TestHive.Start, byWorker: false));
        Assert.Equal("a1", _leases.Extend("t1", TestHive.Start + Period, byWorker: false));

        Assert.Equal(TestHive.Start + Period, _leases.Until("t1"));
    }

    [Fact]
    public void Only_what_its_worker_said_acknowledges_a_lease_and_stays()
    {
        _leases.Add("t1", "a1", Period);
        _leases.Extend("t1", TestHive.Start, byWorker: false);
        Assert.False(_leases.IsAcknowledged("t1"));

        _leases.Extend("t1", TestHive.Start, byWorker: true);
        _leases.Extend("t1", TestHive.Start, byWorker: false);

        Assert.True(_leases.IsAcknowledged("t1"));
    }

    [Fact]
    public void A_lease_that_ended_is_not_extended()
    {
        _leases.Add("t1", "a1", Period);
        _leases.Remove("t1");

        Assert.Null(_leases.Extend("t1", TestHive.Start, byWorker: true));
        Assert.Equal((0, null, false), (_leases.Count, _leases.Until("t1"), _leases.IsAcknowledged("t1")));
    }

    [Fact]
    public void A_full_period_shortens_no_lease()
    {
        _leases.Add("short", "a1", Period);
        _leases.Extend("short", TestHive.Start + TimeSpan.FromSeconds(1), byWorker: false);
        _leases.Add("long", "a1", Period);
        _leases.Extend("long", TestHive.Start + TimeSpan.FromHours(1), byWorker: false);

        _leases.GrantFullPeriod(TestHive.Start);

        Assert.Equal((TestHive.Start + Period, TestHive.Start + TimeSpan.FromHours(1)), (_leases.Until("short")!.Value, _leases.Until("long")!.Value));
    }
}
