using System.Collections.Concurrent;

namespace Waggle.Core.Access;

/// <summary>The number of messages or requests that one client may send within a window.</summary>
/// <param name="Limit">The number within a window; at least 1.</param>
/// <param name="Window">The length of a window, which begins with the client's first message after the window before.</param>
public sealed record RateLimit(int Limit, TimeSpan Window)
{
    /// <summary>The limit of a number of messages per minute; null for 0.</summary>
    public static RateLimit? PerMinute(int messages) => messages > 0 ? new(messages, TimeSpan.FromMinutes(1)) : null;
}

/// <summary>A message that exceeds a rate limit.</summary>
/// <param name="RetryAfter">The time until the window ends, and with it the refusals.</param>
/// <param name="IsFirst">Whether it is the first refusal of its window.</param>
public readonly record struct RateRefusal(RateLimit Limit, TimeSpan RetryAfter, bool IsFirst)
{
    public string Message => $"More than {Limit.Limit} messages in {Limit.Window.TotalSeconds:0} s. Send again in {Math.Ceiling(RetryAfter.TotalSeconds):0} s.";
}

/// <summary>
/// Counts the messages of each client in windows, and refuses those that exceed the limit with the time to wait. Exactly the limit passes in each window.
/// Thread-safe.
/// </summary>
public sealed class RateLimiter(TimeProvider time)
{
    // Windows that are over are dropped when so many clients are known.
    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    // Counted here, because the dictionary takes all its locks to count.
    private int _count;

    // The timestamp from which on clients that are gone are looked for again.
    private long _nextPrune = long.MinValue;

    /// <summary>The number of clients that are counted.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one message of a client.</summary>
    /// <param name="client">The name of the client, the same for all its connections.</param>
    /// <returns>Null if the message passes, else the refusal.</returns>
    public RateRefusal? Take(string client, RateLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        var now = time.GetTimestamp();
        if (Count >= MostKept) Prune(limit.Window, now);
        return WindowOf(client).Take(limit, now, time);
    }

    private Window WindowOf(string client)
    {
        if (_windows.TryGetValue(client, out var known)) return known;
        var added = new Window();
        var window = _windows.GetOrAdd(client, added);
        if (ReferenceEquals(window, added)) Interlocked.Increment(ref _count);
        return window;
    }

    // A pass visits every client, so there is one in the length of a window, and not one for each message.
    private void Prune(TimeSpan every, long now)
    {
        var due = Volatile.Read(ref _nextPrune);
        if (now < due) return;
        var next = now + (long)(every.TotalSeconds * time.TimestampFrequency);
        if (Interlocked.CompareExchange(ref _nextPrune, next, due) != due) return;
        foreach (var (client, window) in _windows)
        {
            if (window.IsOver(now, time) && _windows.TryRemove(client, out _)) Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Window
    {
        private readonly Lock _lock = new();
        private long _began;
        private TimeSpan _length;
        private long _count;

        public RateRefusal? Take(RateLimit limit, long now, TimeProvider time)
        {
            lock (_lock)
            {
                if (_count == 0 || time.GetElapsedTime(_began, now) >= limit.Window) (_began, _count) = (now, 0);
                _length = limit.Window;
                _count++;
                return _count <= limit.Limit ? null : new RateRefusal(limit, limit.Window - time.GetElapsedTime(_began, now), _count == limit.Limit + 1L);
            }
        }

        public bool IsOver(long now, TimeProvider time)
        {
            lock (_lock) return time.GetElapsedTime(_began, now) >= _length;
        }
    }
}
