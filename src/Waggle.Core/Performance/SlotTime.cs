namespace Waggle.Core.Performance;

/// <summary>
/// The slot time of a swarm in the last five minutes: the numbers of busy and of available slots, integrated over time in buckets of five seconds. Used by the
/// owner's loop alone.
/// </summary>
internal sealed class SlotTime(DateTimeOffset since)
{
    private readonly Bucket[] _ring = new Bucket[RollingWindow.Buckets];
    private long _until = since.UtcTicks;
    private int _busy;
    private int _available;

    /// <summary>Changes the numbers of slots from now on.</summary>
    public void Change(int busy, int available, DateTimeOffset now)
    {
        Advance(now.UtcTicks);
        (_busy, _available) = (_busy + busy, _available + available);
    }

    public (TimeSpan Busy, TimeSpan Available) Read(DateTimeOffset now)
    {
        Advance(now.UtcTicks);
        var newest = now.UtcTicks / RollingWindow.BucketTicks;
        var oldest = newest - RollingWindow.Buckets + 1;
        var (busy, available) = (0L, 0L);
        foreach (var bucket in _ring)
        {
            if (bucket.Number < oldest || bucket.Number > newest) continue;

            // The oldest bucket is partly outside of the window, by the time that the newest one has.
            var share = bucket.Number == oldest ? 1 - ((double)(now.UtcTicks % RollingWindow.BucketTicks) / RollingWindow.BucketTicks) : 1;
            busy += (long)(bucket.Busy * share);
            available += (long)(bucket.Available * share);
        }

        return (new(busy), new(available));
    }

    // A span that is longer than the window fills each bucket once. A clock that was set back adds nothing until it has caught up.
    private void Advance(long now)
    {
        if (now <= _until) return;
        if (_available == 0)
        {
            _until = now;
            return;
        }

        var first = now - (RollingWindow.Buckets * RollingWindow.BucketTicks);
        if (_until < first) _until = first;
        while (_until < now)
        {
            var number = _until / RollingWindow.BucketTicks;
            var end = Math.Min(now, (number + 1) * RollingWindow.BucketTicks);
            ref var bucket = ref _ring[number % RollingWindow.Buckets];
            if (bucket.Number != number) bucket = new Bucket { Number = number };
            bucket.Busy += _busy * (end - _until);
            bucket.Available += _available * (end - _until);
            _until = end;
        }
    }

    private struct Bucket
    {
        public long Number;
        public long Busy;
        public long Available;
    }
}
