namespace Waggle.Server.Auth;

/// <summary>The settings of authentication.</summary>
public sealed record AuthOptions
{
    /// <summary>
    /// Whether clients need tokens. False is development mode, on loopback only: the hub does not check tokens, and every client may do everything.
    /// </summary>
    public bool Tokens { get; init; }

    /// <summary>
    /// The file or URL with the keys of an identity provider's tokens (a JSON Web Key Set), beside the hub's own. With null and an <see cref="Issuer"/> that is
    /// a URL, the provider's document gives the place of its keys (OpenID Connect Discovery).
    /// </summary>
    public string? Jwks { get; init; }

    /// <summary>The issuer of the tokens that those keys sign.</summary>
    public string? Issuer { get; init; }

    /// <summary>The audience that those tokens must name.</summary>
    public string? Audience { get; init; }

    /// <summary>The greatest difference between the clocks of issuer and hub.</summary>
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The interval at which the hub reads the keys again. A token with an unknown key makes it read them sooner.</summary>
    public TimeSpan JwksInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Returns the contradiction between the settings; null if there is none.</summary>
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
