using CsCheck;
using Waggle.Core.Performance;

namespace Waggle.Core.Tests.Performance;

public class QueueWaitsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_an_assignment_there_is_no_wait() => Assert.Equal((0, null), new QueueWaits().Read(Start));

    [Fact]
    public void The_window_forgets()
    {
        var waits = new QueueWaits();
        waits.Add(Start, 60_000);
        waits.Add(Start.AddMinutes(4), 10);
        Assert.Equal(2, waits.Read(Start.AddMinutes(4)).Assigned);
        Assert.Equal((1, new(10, 10, 10, 10)), waits.Read(Start.AddMinutes(6)));
        Assert.Equal((0, null), waits.Read(Start.AddMinutes(10)));
    }

    [Fact]
    public void The_percentiles_are_within_2_percent_and_mean_and_maximum_are_exact() =>
        Gen.Select(Gen.Int[0, 299], Gen.Long[0, 10_000_000]).Array[1, 200].Sample(added =>
        {
            var waits = new QueueWaits();
            foreach (var (second, ms) in added.OrderBy(a => a.Item1)) waits.Add(Start.AddSeconds(second), ms);
            var (assigned, wait) = waits.Read(Start.AddSeconds(299));
            var sorted = added.Select(a => a.Item2).Order().ToArray();
            Assert.Equal((sorted.Length, sorted.Sum() / sorted.Length, sorted[^1]), (assigned, wait!.MeanMs, wait.MaxMs));
            Close(sorted[(int)Math.Ceiling(0.5 * sorted.Length) - 1], wait.P50Ms);
            Close(sorted[(int)Math.Ceiling(0.9 * sorted.Length) - 1], wait.P90Ms);
        });

    // Half a millisecond is the rounding.
    private static void Close(long expected, long actual) => Assert.InRange(actual, (expected * 0.98) - 0.5, (expected * 1.02) + 0.5);
}
