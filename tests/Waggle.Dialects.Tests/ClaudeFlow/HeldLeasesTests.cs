using Waggle.Dialects.ClaudeFlow;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Tests.ClaudeFlow;

public sealed class HeldLeasesTests
{
    private readonly HeldLeases _leases = new();

    [Fact]
    public void A_lease_of_an_earlier_connection_is_renewed_only_after_a_report()
    {
        _leases.Add(new("t1", 1, 5), known: false);
        Assert.Empty(_leases.ToRenew());
        Assert.Equal(new LeaseRef("t1", 1, 5), _leases.Reported("t1"));
        Assert.Equal([new LeaseRef("t1", 1, 5)], _leases.ToRenew());
    }

    [Fact]
    public void An_ended_lease_is_kept_for_a_repeated_report_and_not_renewed()
    {
        _leases.Add(new("t1", 1, 5), known: true);
        _leases.End(new("t1", 1, 5));
        Assert.Empty(_leases.ToRenew());
        Assert.Equal(new LeaseRef("t1", 1, 5), _leases.Reported("t1"));
        _leases.Add(new("t1", 2, 9), known: true);
        _leases.End(new("t1", 1, 5));
        Assert.Equal([new LeaseRef("t1", 2, 9)], _leases.ToRenew());
    }

    [Fact]
    public void Ended_leases_are_forgotten_in_the_end()
    {
        for (var i = 0; i < 1000; i++)
        {
            _leases.Add(new($"t{i}", 1, i), known: true);
            _leases.End(new($"t{i}", 1, i));
        }

        Assert.Null(_leases.Reported("t0"));
        Assert.NotNull(_leases.Reported("t999"));
        Assert.Equal(64, Enumerable.Range(0, 1000).Count(i => _leases.Reported($"t{i}") is not null));
    }
}
