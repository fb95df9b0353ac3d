namespace Waggle.Server.Auth;

/// <summary>Who may come in, and how that is known.</summary>
public sealed record AuthOptions
{
    /// <summary>False: development mode, on loopback only. Tokens are not looked at, and everybody may do everything.</summary>
    public bool Tokens { get; init; }

    /// <summary>A file or URL with the keys of somebody else's tokens (a JSON Web Key Set), beside the hub's own.</summary>
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
        if (!Tokens) return (Jwks ?? Issuer ?? Audience) is null ? null : "jwks, issuer and audience say whose tokens are taken: they need auth 'token'.";
        if (Jwks is null) return (Issuer ?? Audience) is null ? null : "issuer and audience belong to the keys of jwks; the hub's own tokens need neither.";
        if (Issuer is null || Audience is null) return "jwks needs issuer and audience: else every token that its owner ever made, for whatever application, would be good here.";
        return JwksSource.IsUrl(Jwks, out var url) && url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback ? $"jwks '{Jwks}': keys come by https, or by http from this machine." : null;
    }
}
