namespace Waggle.Server.Auth;

/// <summary>OpenID Connect Discovery 1.0: the document in which an identity provider names the place of its keys.</summary>
internal static class OidcDiscovery
{
    /// <summary>Returns the URL of an issuer's document (4.1).</summary>
    public static string DocumentOf(string issuer) => $"{issuer.TrimEnd('/')}/.well-known/openid-configuration";

    /// <summary>Returns the URL of the keys in a document.</summary>
    /// <exception cref="FormatException">The document is not that of the issuer, or names no keys that may be trusted; the message gives the
    /// reason.</exception>
    public static Uri KeysOf(ReadOnlyMemory<byte> document, string issuer)
    {
        using var json = JwtJson.Parse(document) ?? throw new FormatException("the provider's document is not a JSON object");

        // 4.3: the issuer must be exactly the requested one. Otherwise the hub would accept another issuer's keys for it.
        if (!JwtJson.IsText(json.RootElement, "issuer", issuer)) throw new FormatException($"the issuer in the provider's document is not '{issuer}'");
        if (JwtJson.Text(json.RootElement, "jwks_uri") is not { } text || !JwksSource.IsUrl(text, out var keys))
        {
            throw new FormatException("the provider's document has no URL jwks_uri");
        }

        return JwksSource.IsTrusted(keys) ? keys : throw new FormatException("jwks_uri of the provider's document is neither https nor on this machine");
    }
}
