using System.Text.Json;

namespace Waggle.Server.Auth;

/// <summary>The reasons to refuse a token.</summary>
internal enum JwtFault
{
    TooLarge,
    Malformed,
    Algorithm,
    Header,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Claims,
    Expired,
    NotYetValid,
}

internal sealed record JwtRefusal(JwtFault Fault, string Text);

/// <summary>The claims of a token whose signature, issuer, audience and times are valid.</summary>
/// <param name="All">Every claim as it was signed.</param>
internal sealed record JwtClaims(DateTimeOffset ExpiresAt, DateTimeOffset? IssuedAt, JsonElement All);

/// <summary>Either the claims or the refusal.</summary>
internal readonly record struct JwtResult(JwtClaims? Claims, JwtRefusal? Refusal)
{
    public static JwtResult No(JwtFault fault, string text) => new(null, new(fault, text));
}

