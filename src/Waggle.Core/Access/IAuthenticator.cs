using Waggle.Core.Hives;

namespace Waggle.Core.Access;

/// <summary>Who somebody is, by the token that they show.</summary>
public interface IAuthenticator
{
    /// <summary>False: development mode. Everybody on this machine may do everything, and tokens are not looked at.</summary>
    bool Required { get; }

    /// <param name="address">Where they are: the subject in development mode.</param>
    ValueTask<Credential> AuthenticateAsync(string? token, string address, CancellationToken cancel);
}

/// <summary>A verified token, or why there is none.</summary>
/// <param name="ExpiresAt">What the token says; null: never.</param>
/// <param name="EndsAt">Until when it is taken: a moment later, for clocks that differ.</param>
public sealed record Credential(Principal? Principal, DateTimeOffset? ExpiresAt = null, DateTimeOffset? EndsAt = null, Error? Error = null)
{
    public static Credential Refused(string code, string message) => new(null, Error: new(code, message));
}
