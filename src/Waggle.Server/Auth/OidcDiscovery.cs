namespace Waggle.Server.Auth;

/// <summary>OpenID Connect Discovery 1.0: the document in which an identity provider says where its keys are.</summary>
internal static class OidcDiscovery
{
    /// <summary>Where the document of an issuer is (4.1).</summary>
    public static string DocumentOf(string issuer) => $"{issuer.TrimEnd('/')}/.well-known/openid-configuration";

    /// <summary>Where its keys are.</summary>
    /// <exception cref="FormatException">The document is not that of the issuer, or names no keys that may be trusted; the message says why.</exception>
    public static Uri KeysOf(ReadOnlyMemory<byte> document, string issuer)
    {
        using var json = JwtJson.Parse(document) ?? throw new FormatException("the provider's document is not a JSON object");

        // 4.3: exactly the issuer that was asked for, or another's keys would be taken for its.
        if (!JwtJson.IsText(json.RootElement, "issuer", issuer)) throw new FormatException($"the issuer in the provider's document is not '{issuer}'");
        if (JwtJson.Text(json.RootElement, "jwks_uri") is not { } text || !JwksSource.IsUrl(text, out var keys))
        {
            throw new FormatException("the provider's document has no URL jwks_uri");
        }

        return JwksSource.IsTrusted(keys) ? keys : throw new FormatException("jwks_uri of the provider's document is neither https nor on this machine");
    }
}
