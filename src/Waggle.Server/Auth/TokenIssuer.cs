using Microsoft.IdentityModel.Tokens;

namespace Waggle.Server.Auth;

/// <summary>The trusted keys of one issuer and audience. A key of one issuer does not verify the tokens of another.</summary>
internal sealed class TokenIssuer(string issuer, string audience, IReadOnlyList<TokenKey> keys)
{
    private readonly TokenValidationParameters[] _rules = [.. keys.Select(key => RulesOf(issuer, audience, key))];

    public string Issuer => issuer;

    public string Audience => audience;

    public IReadOnlyList<TokenKey> Keys => keys;

    /// <summary>The library's checks of a token that one of the keys signed.</summary>
    public TokenValidationParameters Rules(int key) => _rules[key];

    private static TokenValidationParameters RulesOf(string issuer, string audience, TokenKey key) => new()
    {
        ValidIssuer = issuer,
        ValidAudience = audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,

        // The key determines the algorithm, which excludes "none", and public keys used as secrets.
        ValidAlgorithms = [key.Algorithm],
        IssuerSigningKey = key.Key,
        IssuerSigningKeyResolver = (_, _, _, _) => [key.Key],
        RequireSignedTokens = true,

        // The library reads the machine's clock. The hub has its own, which tests set.
        ValidateLifetime = false,
        LogValidationExceptions = false,
    };
}
