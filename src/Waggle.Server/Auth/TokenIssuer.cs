using Microsoft.IdentityModel.Tokens;

namespace Waggle.Server.Auth;

/// <summary>Whose keys are trusted, and for tokens of which issuer and audience: a key says nothing for another's.</summary>
internal sealed class TokenIssuer(string issuer, string audience, IReadOnlyList<TokenKey> keys)
{
    private readonly TokenValidationParameters[] _rules = [.. keys.Select(key => RulesOf(issuer, audience, key))];

    public string Issuer => issuer;

    public string Audience => audience;

    public IReadOnlyList<TokenKey> Keys => keys;

    /// <summary>What the library checks of a token that one of the keys signed.</summary>
    public TokenValidationParameters Rules(int key) => _rules[key];

    private static TokenValidationParameters RulesOf(string issuer, string audience, TokenKey key) => new()
    {
        ValidIssuer = issuer,
        ValidAudience = audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,

        // What a token may be signed with follows from the key: that rules out "none", and public keys used as secrets.
        ValidAlgorithms = [key.Algorithm],
        IssuerSigningKey = key.Key,
        IssuerSigningKeyResolver = (_, _, _, _) => [key.Key],
        RequireSignedTokens = true,

        // The library reads the machine's clock. The hub has its own, which tests set.
        ValidateLifetime = false,
        LogValidationExceptions = false,
    };
}
