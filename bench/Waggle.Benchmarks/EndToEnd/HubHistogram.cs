using System.Globalization;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>A histogram of the hub's own metrics at one moment: the counts at or below each bound, in seconds.</summary>
internal sealed class HubHistogram
{
    private readonly (double Bound, long Count)[] _buckets;

    private HubHistogram((double Bound, long Count)[] buckets) => _buckets = buckets;

    public static async Task<HubHistogram> ReadAsync(HttpClient http, Uri hub, string name, CancellationToken cancel)
    {
        var start = $"{name}_bucket{{le=\"";
        var metrics = await http.GetStringAsync(new Uri(hub, "/metrics"), cancel);
        return new([.. metrics.Split('\n').Where(l => l.StartsWith(start, StringComparison.Ordinal)).Select(l => Read(l[start.Length..]))]);
    }

    /// <summary>
    /// Returns the bound in milliseconds below which the given share of the counts since an earlier moment lies; null if it is above all bounds.
    /// </summary>
    public double? AtMs(double share, HubHistogram since)
    {
        var all = _buckets[^1].Count - since._buckets[^1].Count;
        var bound = _buckets.Zip(since._buckets).First(b => b.First.Count - b.Second.Count >= share * all).First.Bound;
        return double.IsFinite(bound) ? bound * 1000 : null;
    }

    // 0.001"} 17
    private static (double Bound, long Count) Read(string line)
    {
        var parts = line.Split("\"} ");
        return (parts[0] == "+Inf" ? double.PositiveInfinity : double.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
