using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Server.Auth;

/// <summary>Authenticates tokens of the hub's own key, and those of a configured issuer.</summary>
internal sealed partial class TokenAuthenticator(
    string hive, HubSigningKey own, JwksSource? jwks, AuthOptions options, TimeProvider time, ILogger log, AuthMetrics metrics,
    RefusalLog refusals, RevokedTokens revoked) : IAuthenticator, IDisposable
{
    private const string Missing = "missing";

    private readonly VerifiedTokens _verified = new();
    private readonly TokenIssuer[] _own = [own.Issuer];
    private volatile TokenIssuer[]? _all;

    public bool Required => true;

    /// <summary>The tokens of agents at work, which this authenticator itself refuses.</summary>
    public required TaskTokens TaskTokens { get; init; }

    public ValueTask<Credential> AuthenticateAsync(string? token, string address, CancellationToken cancel) =>
        CheckAsync(token, address, records: true, cancel);

    public ValueTask<Credential> VerifyAsync(string? token, string address, CancellationToken cancel) => CheckAsync(token, address, records: false, cancel);

    private async ValueTask<Credential> CheckAsync(string? token, string address, bool records, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(token))
        {
            const string advice = "A token is required: Authorization: Bearer TOKEN, or token in hello. Create one with 'waggle token create'.";
            return Refuse(Missing, advice, address, records);
        }

        var keys = jwks?.Keys;
        if (_verified.Find(token, keys, time.GetUtcNow()) is { Principal: { } holder } known)
        {
            if (revoked.Contains(holder.TokenId)) return RefuseRevoked(holder, address, records);

            // Most tokens come from one address, so their connections share one credential.
            if (holder.Address == address) return known;
            known = known with { Principal = holder with { Address = address } };
            _verified.Add(token, keys, known);
            return known;
        }

        var result = Verify(token, keys);

        // The issuer may have changed its keys a moment ago.
        if (result.Refusal?.Fault == JwtFault.UnknownKey && jwks is not null && await jwks.ReloadAsync().WaitAsync(cancel))
        {
            result = Verify(token, keys = jwks.Keys);
        }

        if (result.Claims is not { } claims) return Refuse(SnakeCase.Of(result.Refusal!.Fault), result.Refusal.Text, address, records);
        var (principal, problem) = ClaimsMapper.Of(claims.All, hive);
        if (principal is null) return Refuse("claims", problem!, address, records);
        if (revoked.Contains(principal.TokenId)) return RefuseRevoked(principal, address, records);
        var credential = new Credential(principal with { Address = address }, claims.ExpiresAt, claims.ExpiresAt + options.Leeway);
        _verified.Add(token, keys, credential);
        return credential;
    }

    public void Dispose() => jwks?.Dispose();

    private JwtResult Verify(string token, IReadOnlyList<TokenKey>? keys) =>
        JwtVerifier.Verify(token, keys is null ? _own : IssuersOf(keys), options.Leeway, time.GetUtcNow());

    // Returns the same array until the keys change.
    private TokenIssuer[] IssuersOf(IReadOnlyList<TokenKey> keys)
    {
        var all = _all;
        if (all is null || !ReferenceEquals(all[1].Keys, keys)) _all = all = [own.Issuer, new TokenIssuer(options.Issuer!, options.Audience!, keys)];
        return all;
    }

    private Credential RefuseRevoked(Principal holder, string address, bool records) =>
        Refuse("revoked", $"The token '{holder.TokenId}' of '{holder.User}' is revoked. Use another token.", address, records, holder);

    private Credential Refuse(string reason, string message, string address, bool records, Principal? holder = null)
    {
        if (!records) return Credential.Refused(ErrorCodes.Unauthenticated, message);
        // A client without a token has not tried anything yet: it may bring one with its hello.
        if (reason != Missing) refusals.Add(new Refusal("authenticate", ErrorCodes.Unauthenticated, holder, address) { Message = message });
        metrics.Refused(reason);
        LogRefused(log, address, reason);
        return Credential.Refused(ErrorCodes.Unauthenticated, message);
    }

    [LoggerMessage(31, LogLevel.Debug, "Rejected a token from {Address} ({Reason}).")]
    private static partial void LogRefused(ILogger logger, string address, string reason);
}
