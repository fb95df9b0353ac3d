namespace Waggle.Dialects.Mapping;

/// <summary>A growing number over all messages of a dialect. After a restart it continues above its last value, and it stays below 2^53.</summary>
internal sealed class Sequence
{
    private const long PerMillisecond = 1000;

    private long _last;

    /// <summary>The time of the newest record that was sent.</summary>
    public DateTimeOffset LastAt => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _last) / PerMillisecond);

    public long Next(DateTimeOffset at)
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, at.ToUnixTimeMilliseconds() * PerMillisecond);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return next;
        }
    }
}
