using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// Computes the change of a value over its last readings: the median of the slopes between each pair of them (Theil-Sen), times the time that they span. A
/// single outlier does not change the direction.
/// </summary>
internal sealed class Trend
{
    /// <summary>The number of readings in a minute at the standard interval.</summary>
    private const int Window = 13;

    /// <summary>The number of readings below which there is no trend.</summary>
    private const int Least = 3;

    private readonly (TimeSpan At, double Value)[] _ring = new (TimeSpan, double)[Window];
    private int _count;

    public void Add(TimeSpan at, double value) => _ring[_count++ % Window] = (at, value);

    /// <param name="band">The distance between the rule's threshold and its end. A change by less than half of it counts as none.</param>
    public AlertTrend? Of(double band)
    {
        var count = Math.Min(_count, Window);
        if (count < Least) return null;
        var slopes = new List<double>(count * (count - 1) / 2);
        var (first, last) = (TimeSpan.MaxValue, TimeSpan.MinValue);
        for (var i = 0; i < count; i++)
        {
            var one = _ring[i];
            first = one.At < first ? one.At : first;
            last = one.At > last ? one.At : last;
            for (var j = 0; j < i; j++)
            {
                var other = _ring[j];
                if (one.At != other.At) slopes.Add((one.Value - other.Value) / (one.At - other.At).TotalSeconds);
            }
        }

        if (slopes.Count == 0) return null;
        slopes.Sort();
        var middle = slopes.Count / 2;
        var median = slopes.Count % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2;
        var change = median * (last - first).TotalSeconds;
        return change > band / 2 ? AlertTrend.Rising : change < -band / 2 ? AlertTrend.Falling : AlertTrend.Steady;
    }
}
