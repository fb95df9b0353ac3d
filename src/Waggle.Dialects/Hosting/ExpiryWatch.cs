using Waggle.Core.Access;

namespace Waggle.Dialects.Hosting;

/// <summary>Warns before a connection's token lapses, and ends the connection when it has.</summary>
public sealed class ExpiryWatch(TimeProvider time, Action<DateTimeOffset> warn, Action end) : IDisposable
{
    /// <summary>How long before a token lapses its bearer is told.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(60);

    // A platform timer reaches no further than some weeks: what is further away is looked at again.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private DateTimeOffset _expires;
    private DateTimeOffset _ends;
    private bool _warned;
    private bool _disposed;

    /// <summary>A fresh token takes the place of the one before.</summary>
    public void Set(Credential credential)
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            if (_disposed || credential is not { ExpiresAt: { } expires, EndsAt: { } ends }) return;
            (_expires, _ends) = (expires, ends);

            // Who comes with a token that is about to lapse knows that.
            _warned = expires - time.GetUtcNow() <= Notice;
            _timer = time.CreateTimer(_ => Look(), null, Wait(), Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Look()
    {
        bool tell, over;
        lock (_lock)
        {
            if (_disposed) return;
            var now = time.GetUtcNow();
            over = now >= _ends;
            tell = !over && !_warned && now >= _expires - Notice;
            _warned |= tell;
            if (!over) _timer?.Change(Wait(), Timeout.InfiniteTimeSpan);
        }

        if (over) end();
        else if (tell) warn(_expires);
    }

    private TimeSpan Wait()
    {
        var next = (_warned ? _ends : _expires - Notice) - time.GetUtcNow();
        return next < TimeSpan.Zero ? TimeSpan.Zero : next < Longest ? next : Longest;
    }
}
