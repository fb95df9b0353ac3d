namespace Waggle.Core.Access;

/// <summary>
/// How long a token that was verified now is still taken, by the wall clock and by the monotonic clock: whichever ends it first. A wall clock that is set
/// back does not prolong it, and time that the machine slept through counts. Immutable; thread-safe.
/// </summary>
public sealed class TokenLife
{
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _ends;
    private readonly long _from;
    private readonly TimeSpan _life;

    private TokenLife(TimeProvider time, DateTimeOffset expires, DateTimeOffset ends)
    {
        _time = time;
        Expires = expires;
        _ends = ends;
        _from = time.GetTimestamp();
        _life = ends - time.GetUtcNow();
    }

    /// <summary>What the token says of its end.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>What is left by the clock that ends it first; zero or less once it is over.</summary>
    public TimeSpan Left
    {
        get
        {
            var byWall = _ends - _time.GetUtcNow();
            var byTimer = _life - _time.GetElapsedTime(_from);
            return byWall < byTimer ? byWall : byTimer;
        }
    }

    /// <summary>Whether the token is no longer taken.</summary>
    public bool IsOver => Left <= TimeSpan.Zero;

    /// <summary>What is left until the token says that it ends; the hub takes it a moment longer, for clocks that differ.</summary>
    public TimeSpan LeftUntilExpiry => Left - (_ends - Expires);

    /// <summary>Null for a credential that never ends.</summary>
    public static TokenLife? Of(Credential credential, TimeProvider time) =>
        credential is { ExpiresAt: { } expires, EndsAt: { } ends } ? new(time, expires, ends) : null;
}
