using Waggle.Core.Kernel;

namespace Waggle.Core.Access;

/// <summary>Verifies the token of a client and returns the principal that it stands for.</summary>
public interface IAuthenticator
{
    /// <summary>
    /// Whether clients must authenticate. False is development mode: every client on this machine may do everything, and the hub does not check tokens.
    /// </summary>
    bool Required { get; }

    /// <param name="address">The address of the client. It is the subject in development mode.</param>
    ValueTask<Credential> AuthenticateAsync(string? token, string address, CancellationToken cancel);

    /// <summary>
    /// Verifies a token as <see cref="AuthenticateAsync"/> does, but records no refusal: neither in the audit log nor in a metric. It is for a caller that
    /// leaves a refusal to another one. An authenticator that records nothing needs no implementation.
    /// </summary>
    /// <param name="address">The address of the client.</param>
    ValueTask<Credential> VerifyAsync(string? token, string address, CancellationToken cancel) => AuthenticateAsync(token, address, cancel);
}

/// <summary>A verified token, or the reason why the hub refuses it.</summary>
/// <param name="ExpiresAt">The expiry that the token states; null for a token that never expires.</param>
/// <param name="EndsAt">The time until which the hub accepts the token. It is later than the expiry, to allow for clocks that differ.</param>
public sealed record Credential(Principal? Principal, DateTimeOffset? ExpiresAt = null, DateTimeOffset? EndsAt = null, Error? Error = null)
{
    public static Credential Refused(string code, string message) => new(null, Error: new(code, message));
}
