using CsCheck;
using Waggle.Core.Performance;

namespace Waggle.Core.Tests.Performance;

public class SlotTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Time_is_counted_for_each_slot()
    {
        var time = new SlotTime(Start);
        time.Change(1, 4, Start);
        time.Change(2, 0, Start.AddSeconds(10));
        Assert.Equal((TimeSpan.FromSeconds(10 + 30), TimeSpan.FromSeconds(80)), time.Read(Start.AddSeconds(20)));
    }

    [Fact]
    public void The_window_forgets()
    {
        var time = new SlotTime(Start);
        time.Change(1, 1, Start);
        time.Change(-1, 0, Start.AddMinutes(1));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMinutes(5)), time.Read(Start.AddMinutes(60)));
    }

    [Fact]
    public void A_clock_that_is_set_back_counts_nothing_twice()
    {
        var time = new SlotTime(Start);
        time.Change(1, 1, Start);
        time.Read(Start.AddSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), time.Read(Start.AddSeconds(19)).Available);
        Assert.Equal(TimeSpan.FromSeconds(30), time.Read(Start.AddSeconds(30)).Available);
    }

    [Fact]
    public void It_is_the_sum_over_any_sequence_of_changes() => Gen.Select(Gen.Int[0, 20_000], Gen.Int[0, 3], Gen.Int[0, 3]).Array[1, 12].Sample(steps =>
    {
        var (time, now, busy, available) = (new SlotTime(Start), Start, 0, 0);
        var (busySum, availableSum) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var (ms, nowBusy, free) in steps)
        {
            busySum += busy * TimeSpan.FromMilliseconds(ms);
            availableSum += available * TimeSpan.FromMilliseconds(ms);
            now += TimeSpan.FromMilliseconds(ms);
            time.Change(nowBusy - busy, nowBusy + free - available, now);
            (busy, available) = (nowBusy, nowBusy + free);
        }

        Assert.Equal((busySum, availableSum), time.Read(now));
    });
}
