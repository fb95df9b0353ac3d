using System.Globalization;
using Waggle.Core.Kernel;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Kernel;

public sealed class RefusalLogTests
{
    private readonly FakeTime _time = new();
    private readonly RefusalLog _log;

    public RefusalLogTests() => _log = new RefusalLog(_time);

    [Fact]
    public void The_first_refusal_is_due_at_once_and_equal_ones_come_together_a_minute_later()
    {
        var start = _time.GetUtcNow();
        Add("stop");
        Assert.Equal([("stop", 1L)], Taken());
        for (var i = 0; i < 500; i++) Add("stop");
        _time.Advance(RefusalLog.Window - TimeSpan.FromMilliseconds(1));
        Add("stop");
        Assert.Empty(Taken());
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var taken = Assert.Single(_log.Take());
        Assert.Equal((501L, start, start + RefusalLog.Window - TimeSpan.FromMilliseconds(1)), (taken.Count, taken.First, taken.Last));
        _time.Advance(RefusalLog.Window);
        Assert.Empty(Taken());
    }

    [Fact]
    public void Action_code_user_and_address_tell_refusals_apart()
    {
        var (ann, bob) = (Principal.Local("default", "ann"), Principal.Local("default", "bob"));
        _log.Add(new Refusal("stop", "FORBIDDEN", ann, "::1"));
        _log.Add(new Refusal("pause", "FORBIDDEN", ann, "::1"));
        _log.Add(new Refusal("stop", "UNAUTHENTICATED", ann, "::1"));
        _log.Add(new Refusal("stop", "FORBIDDEN", bob, "::1"));
        _log.Add(new Refusal("stop", "FORBIDDEN", ann, "127.0.0.1"));
        _log.Add(new Refusal("stop", "FORBIDDEN", ann, "::1"));

        Assert.Equal([2L, 1L, 1L, 1L, 1L], _log.Take().Select(r => r.Count).OrderDescending());
    }

    [Fact]
    public void Kinds_beyond_the_limit_are_counted_without_their_details()
    {
        for (var i = 0; i < RefusalLog.MaxKinds + 250; i++) _log.Add(new Refusal("stop", "FORBIDDEN", null, $"10.0.{i / 256}.{i % 256}"));

        var taken = _log.Take();
        Assert.Equal(RefusalLog.MaxKinds + 250, taken.Sum(r => r.Count));
        var other = Assert.Single(taken, r => r.Refusal.Action == RefusalLog.OtherAction);
        Assert.Equal((250L, null, null), (other.Count, other.Refusal.By, other.Refusal.Address));
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2::{0:x}", "2001:db8:1:2::")]
    public void One_network_does_not_hide_the_refusals_of_others(string address, string network)
    {
        for (var i = 0; i < 500; i++)
            _log.Add(new Refusal(i.ToString(CultureInfo.InvariantCulture), "FORBIDDEN", null, string.Format(CultureInfo.InvariantCulture, address, i)));
        _log.Add(new Refusal("stop", "FORBIDDEN", null, "198.51.100.1"));

        var taken = _log.Take();
        Assert.Equal(RefusalLog.MaxKindsOfNetwork + 2, taken.Count);
        Assert.Equal(500 - RefusalLog.MaxKindsOfNetwork, Assert.Single(taken, r => r.Refusal.Action == RefusalLog.OtherAction && r.Refusal.Address == network).Count);
        Assert.Single(taken, r => r.Refusal is { Action: "stop", Address: "198.51.100.1" });
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(RefusalLog.Window);
            Assert.Empty(_log.Take());
        }

        _log.Add(new Refusal("again", "FORBIDDEN", null, network));
        Assert.Equal([("again", 1L)], Taken());
    }

    [Fact]
    public void A_network_beyond_the_limit_of_all_is_told_apart_again_later()
    {
        const string late = "192.0.2.1";
        for (var round = 0; round < RefusalLog.MaxKindsOfNetwork + 5; round++)
        {
            for (var i = 0; i < RefusalLog.MaxKinds; i++) _log.Add(new Refusal("stop", "FORBIDDEN", null, $"10.0.{i / 256}.{i % 256}"));
            _log.Add(new Refusal("late", "FORBIDDEN", null, late));
            _log.Take(all: true);
            _log.Take(all: true);
        }

        _log.Add(new Refusal("late", "FORBIDDEN", null, late));
        Assert.Equal(("late", late), Assert.Single(_log.Take().Select(r => (r.Refusal.Action, r.Refusal.Address))));
    }

    [Fact]
    public void The_end_takes_all()
    {
        Add("stop");
        Assert.Single(Taken());
        Add("stop");
        Assert.Empty(Taken());
        Assert.Single(_log.Take(all: true));
    }

    [Fact]
    public void A_clock_that_is_set_back_holds_no_refusal()
    {
        Add("stop");
        Assert.Single(Taken());
        Add("stop");
        _time.Jump(-TimeSpan.FromDays(1));

        Assert.Equal([("stop", 1L)], Taken());
    }

    private void Add(string action) => _log.Add(new Refusal(action, "FORBIDDEN", null, "::1"));

    private (string, long)[] Taken() => [.. _log.Take().Select(r => (r.Refusal.Action, r.Count))];
}
