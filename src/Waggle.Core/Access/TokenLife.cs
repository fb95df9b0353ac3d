using Waggle.Core.Kernel;

namespace Waggle.Core.Access;

/// <summary>
/// The remaining life of a token, counted from its verification. The life ends by the wall clock or by the monotonic clock, whichever comes first. A wall clock
/// that is set back does not prolong it. Time during which the machine sleeps counts. A revocation ends it at once. Thread-safe.
/// </summary>
public sealed class TokenLife
{
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _ends;
    private readonly long _from;
    private readonly TimeSpan _life;

    private readonly RevokedTokens _revoked;
    private readonly string? _token;

    private TokenLife(TimeProvider time, DateTimeOffset expires, DateTimeOffset ends, RevokedTokens revoked, string? token)
    {
        _time = time;
        _revoked = revoked;
        _token = token;
        Expires = expires;
        _ends = ends;
        _from = time.GetTimestamp();
        _life = ends - time.GetUtcNow();
    }

    /// <summary>The expiry that the token states.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>The remaining life, by the clock that ends it first; zero or less after the end.</summary>
    public TimeSpan Left
    {
        get
        {
            if (_revoked.Contains(_token)) return TimeSpan.Zero;
            var byWall = _ends - _time.GetUtcNow();
            var byTimer = _life - _time.GetElapsedTime(_from);
            return byWall < byTimer ? byWall : byTimer;
        }
    }

    /// <summary>Whether the hub no longer accepts the token.</summary>
    public bool IsOver => Left <= TimeSpan.Zero;

    /// <summary>The time until the expiry that the token states. The hub accepts the token for longer, to allow for clocks that differ.</summary>
    public TimeSpan LeftUntilExpiry => Left - (_ends - Expires);

    /// <summary>Returns the life of a credential; null for a credential that never ends.</summary>
    public static TokenLife? Of(Credential credential, TimeProvider time, RevokedTokens revoked) =>
        credential is { ExpiresAt: { } expires, EndsAt: { } ends } ? new(time, expires, ends, revoked, credential.Principal?.TokenId) : null;
}
