using CsCheck;
using Waggle.Core.Performance;

namespace Waggle.Core.Tests.Performance;

public class RollingWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_forgets_what_is_older_than_five_minutes()
    {
        var window = new RollingWindow();
        window.Add(Start, completed: true, 1000);
        window.Add(Start.AddMinutes(4), completed: false, null);
        Assert.Equal(new(1, 1, 1, 1000), window.Read(Start.AddMinutes(5)));
        Assert.Equal(new(0, 1, 0, 0), window.Read(Start.AddMinutes(6)));
        Assert.Equal(default, window.Read(Start.AddMinutes(10)));
    }

    [Fact]
    public void It_equals_a_recount_of_what_lies_within_it() => Gen.Select(Gen.Int[0, 900], Gen.Bool, Gen.Long[0, 10_000]).Array[0, 200].Sample(ends =>
    {
        var window = new RollingWindow();
        var ordered = ends.OrderBy(e => e.Item1).ToArray();
        foreach (var (second, completed, ms) in ordered) window.Add(Start.AddSeconds(second), completed, ms);
        var now = Start.AddSeconds(ordered.Length == 0 ? 0 : ordered[^1].Item1);

        // A bucket is five seconds long and is dropped as a whole.
        var from = (now.UtcTicks / TimeSpan.TicksPerSecond / 5) - 60;
        var inside = ordered.Where(e => Start.AddSeconds(e.Item1).UtcTicks / TimeSpan.TicksPerSecond / 5 >= from).ToArray();
        var sums = window.Read(now);
        Assert.Equal((inside.Count(e => e.Item2), inside.Count(e => !e.Item2), inside.Where(e => e.Item2).Sum(e => e.Item3)), (sums.Completed, sums.Failed, sums.Ms));
    });
}
