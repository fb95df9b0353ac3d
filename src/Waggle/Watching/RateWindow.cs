namespace Waggle.Watching;

/// <summary>Counts events per second over the last seconds. The rate is unknown before the first second has passed.</summary>
internal sealed class RateWindow(TimeSpan window, TimeProvider time)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    // Counts per tenth of a second, so any number of events keeps the window small.
    private readonly SortedDictionary<long, int> _tenths = [];
    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();

    public void Add()
    {
        lock (_gate)
        {
            var now = Tenth(time.GetTimestamp());
            _tenths[now] = _tenths.GetValueOrDefault(now) + 1;
        }
    }

    /// <summary>Clears the counts, because some events may be missing from them.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _tenths.Clear();
            _since = time.GetTimestamp();
        }
    }

    /// <summary>Returns the rate; null while it is unknown.</summary>
    public double? PerSecond()
    {
        lock (_gate)
        {
            var watched = time.GetElapsedTime(_since);
            if (watched < Least) return null;
            var span = watched < window ? watched : window;
            var first = Tenth(time.GetTimestamp() - (long)(span.TotalSeconds * time.TimestampFrequency));
            foreach (var old in _tenths.Keys.TakeWhile(t => t < first).ToArray()) _tenths.Remove(old);
            return _tenths.Values.Sum() / span.TotalSeconds;
        }
    }

    private long Tenth(long timestamp) => timestamp / (time.TimestampFrequency / 10);
}
