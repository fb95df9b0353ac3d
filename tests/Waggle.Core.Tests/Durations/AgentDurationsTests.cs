using CsCheck;
using Waggle.Core.Durations;

namespace Waggle.Core.Tests.Durations;

public class AgentDurationsTests
{
    [Fact]
    public void Four_durations_are_no_estimate_and_five_are()
    {
        Assert.Null(Of(2000, 2000, 2000, 2000).Estimate);
        Assert.Equal(new(2000, 2000, 5), Of(2000, 2000, 2000, 2000, 2000).Estimate);
    }

    [Fact]
    public void The_median_and_the_90th_percentile_are_measured_values() =>
        Assert.Equal(new(500, 900, 10), Of(1000, 100, 900, 200, 800, 300, 700, 400, 600, 500).Estimate);

    [Fact]
    public void A_newer_duration_takes_the_place_of_the_oldest()
    {
        var durations = Of([.. Enumerable.Repeat(60_000L, AgentDurations.Most)]);
        for (var i = 0; i < AgentDurations.Most; i++) durations = durations.With(1000, 100 + i);
        Assert.Equal(new(1000, 1000, AgentDurations.Most), durations.Estimate);
        Assert.Equal((1, 100 + AgentDurations.Most - 1), (durations.Seq, durations.Last));
    }

    [Fact]
    public void What_remains_is_the_median_of_the_longer_durations_less_the_time_so_far()
    {
        var durations = Of(1000, 2000, 3000, 4000, 5000);
        Assert.Equal(3000, durations.Remaining(0, null));
        Assert.Equal(4000 - 2500, durations.Remaining(2500, null));
        Assert.Equal(1, durations.Remaining(4999, null));
    }

    [Fact]
    public void A_reported_progress_leaves_its_part_of_that_median()
    {
        var durations = Of(1000, 2000, 3000, 4000, 5000);
        Assert.Equal(1500, durations.Remaining(0, 0.5));
        Assert.Equal(400, durations.Remaining(2500, 0.9));
        Assert.Equal(0, durations.Remaining(2500, 1));
    }

    [Fact]
    public void Nothing_remains_known_without_five_durations_or_beyond_the_longest()
    {
        Assert.Null(Of(1000, 2000, 3000, 4000).Remaining(0, 0.5));
        Assert.Null(Of(1000, 2000, 3000, 4000, 5000).Remaining(5000, 0.5));
    }

    [Fact]
    public void Both_percentiles_are_among_the_last_durations_and_split_them() => Gen.Long[0, 100_000].Array[5, 80].Sample(ms =>
    {
        var estimate = Of(ms).Estimate!;
        var last = ms[^Math.Min(ms.Length, AgentDurations.Most)..];
        Assert.Contains(estimate.P50Ms, last);
        Assert.Contains(estimate.P90Ms, last);
        Assert.True(last.Count(d => d <= estimate.P50Ms) * 2 >= last.Length && last.Count(d => d < estimate.P50Ms) * 2 < last.Length);
        Assert.True(last.Count(d => d <= estimate.P90Ms) * 10 >= last.Length * 9 && last.Count(d => d < estimate.P90Ms) * 10 < last.Length * 9);
        Assert.Equal(last.Length, estimate.Samples);
    });

    private static AgentDurations Of(params long[] ms)
    {
        var durations = new AgentDurations { Agent = "a1", Type = "review", Seq = 1, Last = 1, Ms = [] };
        return ms.Aggregate(durations, (sum, one) => sum.With(one, 1));
    }
}
