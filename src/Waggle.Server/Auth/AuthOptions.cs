namespace Waggle.Server.Auth;

/// <summary>Who may come in, and how that is known.</summary>
public sealed record AuthOptions
{
    /// <summary>False: development mode, on loopback only. Tokens are not looked at, and everybody may do everything.</summary>
    public bool Tokens { get; init; }

    /// <summary>
    /// A file or URL with the keys of an identity provider's tokens (a JSON Web Key Set), beside the hub's own. Null: with an <see cref="Issuer"/> that is
    /// a URL, the provider says where its keys are (OpenID Connect Discovery).
    /// </summary>
    public string? Jwks { get; init; }

    /// <summary>Whose tokens those keys sign.</summary>
    public string? Issuer { get; init; }

    /// <summary>Whom those tokens must be for.</summary>
    public string? Audience { get; init; }

    /// <summary>How far the clocks of issuer and hub may differ.</summary>
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the set of keys is read again. A token with an unknown key makes it be read sooner.</summary>
    public TimeSpan JwksInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What does not fit together; null if it does.</summary>
    public string? Problem()
    {
        if (!Tokens) return (Jwks ?? Issuer ?? Audience) is null ? null : "jwks, issuer and audience require auth 'token'.";
        if ((Jwks ?? Issuer ?? Audience) is null) return null;
        if (Issuer is null || Audience is null)
        {
            return "An identity provider's tokens require issuer and audience: otherwise its tokens for any other application would be accepted too.";
        }

        var (name, location) = Jwks is null ? ("issuer", Issuer) : ("jwks", Jwks);
        if (Jwks is null && !JwksSource.IsUrl(Issuer, out _)) return $"issuer '{Issuer}' is not a URL: set jwks to a file or URL with its keys.";
        return JwksSource.IsUrl(location, out var url) && !JwksSource.IsTrusted(url)
            ? $"{name} '{location}': keys come by https, or by http from this machine."
            : null;
    }
}
