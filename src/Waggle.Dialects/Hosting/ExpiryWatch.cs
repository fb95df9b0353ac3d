using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// Warns before a connection's token expires, and ends the connection when it has, or when the token is revoked. Usually a timer does both.
/// <see cref="IsOver"/> is for callers that must not rely on a timer, which is late after the machine slept or its clock was set.
/// </summary>
public sealed class ExpiryWatch(TimeProvider time, RevokedTokens revoked, Action<DateTimeOffset> warn, Action end) : IDisposable
{
    /// <summary>The time before the expiry at which the client is warned.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(60);

    // A platform timer has a maximum of some weeks, so a longer wait is split.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private IDisposable? _revocation;
    private volatile TokenLife? _life;
    private bool _warned;
    private bool _disposed;

    /// <summary>Whether the current token has expired, by either clock, or is revoked. Thread-safe, takes no lock.</summary>
    public bool IsOver => _life is { IsOver: true };

    /// <summary>Replaces the token by a fresh one.</summary>
    public void Set(Credential credential)
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            _revocation?.Dispose();
            _revocation = null;
            _life = TokenLife.Of(credential, time, revoked);
            if (_disposed || _life is not { } life) return;

            // A client whose token expires within the notice needs no warning.
            _warned = life.LeftUntilExpiry <= Notice;
            _timer = time.CreateTimer(_ => Look(), null, Wait(life), Timeout.InfiniteTimeSpan);
            if (credential.Principal?.TokenId is { } token) _revocation = revoked.OnRevoked(token, End);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
            _revocation?.Dispose();
        }
    }

    // The caller may be the hive's loop, which must not wait for a connection.
    private void End() => ThreadPool.QueueUserWorkItem(static watch => watch.Look(), this, preferLocal: false);

    private void Look()
    {
        bool tell, over;
        TokenLife life;
        lock (_lock)
        {
            if (_disposed || _life is not { } current) return;
            life = current;
            over = life.IsOver;
            tell = !over && !_warned && life.LeftUntilExpiry <= Notice;
            _warned |= tell;
            if (!over) _timer?.Change(Wait(life), Timeout.InfiniteTimeSpan);
        }

        if (over) end();
        else if (tell) warn(life.Expires);
    }

    private TimeSpan Wait(TokenLife life)
    {
        var next = _warned ? life.Left : life.LeftUntilExpiry - Notice;
        return next < TimeSpan.Zero ? TimeSpan.Zero : next < Longest ? next : Longest;
    }
}
