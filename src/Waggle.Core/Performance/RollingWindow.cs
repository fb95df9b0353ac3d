namespace Waggle.Core.Performance;

/// <summary>
/// Counts of the last five minutes in buckets of five seconds. A bucket is dropped as a whole, so the window is up to five seconds longer than five minutes.
/// Used by the owner's loop alone.
/// </summary>
internal sealed class RollingWindow
{
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    /// <summary>The number of buckets; the oldest one is not complete any more.</summary>
    public const int Buckets = 61;

    public static readonly long BucketTicks = TimeSpan.FromSeconds(5).Ticks;

    private readonly Bucket[] _ring = new Bucket[Buckets];

    public void Add(DateTimeOffset at, bool completed, long? durationMs)
    {
        var number = at.UtcTicks / BucketTicks;
        ref var bucket = ref _ring[number % Buckets];
        if (bucket.Number != number) bucket = new Bucket { Number = number };
        if (!completed)
        {
            bucket.Failed++;
            return;
        }

        bucket.Completed++;
        if (durationMs is not { } ms) return;
        bucket.Timed++;
        bucket.Ms += ms;
    }

    public Sums Read(DateTimeOffset now)
    {
        var newest = now.UtcTicks / BucketTicks;
        var sums = default(Sums);
        foreach (var bucket in _ring)
        {
            if (bucket.Number > newest - Buckets && bucket.Number <= newest)
                sums = new(sums.Completed + bucket.Completed, sums.Failed + bucket.Failed, sums.Timed + bucket.Timed, sums.Ms + bucket.Ms);
        }

        return sums;
    }

    internal readonly record struct Sums(long Completed, long Failed, long Timed, long Ms);

    private struct Bucket
    {
        public long Number;
        public int Completed;
        public int Failed;
        public int Timed;
        public long Ms;
    }
}
