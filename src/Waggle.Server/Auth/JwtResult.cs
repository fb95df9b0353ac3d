using System.Text.Json;

namespace Waggle.Server.Auth;

/// <summary>Why a token is not taken.</summary>
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

/// <summary>A token whose signature, issuer, audience and times are good.</summary>
/// <param name="All">Every claim as it was signed.</param>
internal sealed record JwtClaims(DateTimeOffset ExpiresAt, DateTimeOffset? IssuedAt, JsonElement All);

/// <summary>The one or the other.</summary>
internal readonly record struct JwtResult(JwtClaims? Claims, JwtRefusal? Refusal)
{
    public static JwtResult No(JwtFault fault, string text) => new(null, new(fault, text));
}

