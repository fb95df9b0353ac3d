namespace Waggle.Benchmarks.EndToEnd;

/// <summary>Latencies counted in steps of 10 µs, up to ten seconds. Thread-safe.</summary>
internal sealed class LatencyCount
{
    private const int Step = 10;

    private readonly int[] _counts = new int[1_000_000];

    public void Add(TimeSpan latency) => Interlocked.Increment(ref _counts[Math.Clamp((int)(latency.TotalMicroseconds / Step), 0, _counts.Length - 1)]);

    public void Clear() => Array.Clear(_counts);

    /// <summary>Returns the latency in milliseconds below which the given share of all lies.</summary>
    public double AtMs(double share)
    {
        var rank = (long)(share * _counts.Sum(c => (long)c));
        for (var i = 0; i < _counts.Length; i++)
        {
            if ((rank -= _counts[i]) < 0) return (i + 1) * Step / 1000.0;
        }

        return double.NaN;
    }
}
