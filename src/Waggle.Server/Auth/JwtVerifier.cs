using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Waggle.Server.Auth;

/// <summary>
/// Verifies a JSON Web Token (RFC 7519, signed as RFC 7515 compact). Pure: the input is a token, the trusted keys and the time; the output is claims or a
/// refusal. Microsoft.IdentityModel verifies the signature, the algorithm, the issuer and the audience. This class refuses tokens that the library would accept
/// (repeated names, keys that a token brings along, a second encoding of the same bytes). It also finds the one key, describes the fault, and compares the
/// times with the hub's clock.
/// </summary>
internal static class JwtVerifier
{
    /// <summary>The length above which the hub refuses a token without reading it.</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = MaxLength };

    // The parameters by which a token brings keys, or places to get them from.
    private static readonly string[] Foreign = ["jwk", "jku", "x5u", "x5c"];

    public static JwtResult Verify(string token, IReadOnlyList<TokenIssuer> issuers, TimeSpan leeway, DateTimeOffset now)
    {
        if (token.Length > MaxLength) return JwtResult.No(JwtFault.TooLarge, $"The token has more than {MaxLength} characters.");
        var parts = token.Split('.', 4);
        if (parts.Length != 3) return JwtResult.No(JwtFault.Malformed, "The token is not a JSON Web Token: header, payload and signature separated by dots.");
        if (!StrictBase64Url.TryDecode(parts[0], out var header)
            || !StrictBase64Url.TryDecode(parts[1], out var payload) || !StrictBase64Url.TryDecode(parts[2], out _))
            return JwtResult.No(JwtFault.Malformed, "A part of the token is not base64url.");
        using var head = JwtJson.Parse(header);
        if (head is null) return JwtResult.No(JwtFault.Malformed, "The token's header is not a JSON object, or names something twice.");
        if (HeaderProblem(head.RootElement) is { } problem) return new(null, problem);
        if (Find(head.RootElement, issuers) is not var (issuer, key))
        {
            return JwtResult.No(JwtFault.UnknownKey, "The token is signed with a key that this hub does not know.");
        }

        if (head.RootElement.GetProperty("alg").GetString() != issuer.Keys[key].Algorithm)
            return JwtResult.No(JwtFault.Algorithm, $"The token's algorithm is not that of its key, {issuer.Keys[key].Algorithm}.");
        var validation = Handler.ValidateTokenAsync(token, issuer.Rules(key));

        // The keys are in the rules, so the library need not wait, and no thread is blocked.
        if (!validation.IsCompleted) throw new InvalidOperationException("The library waits for something where it has all that it needs.");
#pragma warning disable VSTHRD002
        var verified = validation.Result;
#pragma warning restore VSTHRD002
        if (verified.Exception is SecurityTokenInvalidSignatureException) return JwtResult.No(JwtFault.Signature, "The token's signature is wrong.");

        // Both checks must agree: the hub never accepts a token that the library refuses, and the strict reading describes the fault.
        var read = ReadClaims(payload, issuer, leeway, now);
        return read.Claims is null || verified.IsValid ? read : JwtResult.No(JwtFault.Malformed, "The token is not well-formed.");
    }

    private static JwtRefusal? HeaderProblem(JsonElement head)
    {
        if (!head.TryGetProperty("alg", out var alg)
            || alg.ValueKind != JsonValueKind.String || alg.GetString() is not (TokenKey.Hs256 or TokenKey.Rs256 or TokenKey.Es256))
            return new(JwtFault.Algorithm, $"The token's algorithm is not one of {TokenKey.Hs256}, {TokenKey.Rs256}, {TokenKey.Es256}.");
        if (head.TryGetProperty("crit", out _)) return new(JwtFault.Header, "The token's header has extensions (crit) that this hub does not know.");
        foreach (var name in Foreign)
        {
            if (head.TryGetProperty(name, out _))
            {
                return new(JwtFault.Header, $"The token brings a key of its own ({name}); keys come from the hub's settings only.");
            }
        }

        if (head.TryGetProperty("typ", out var typ) && !(typ.ValueKind == JsonValueKind.String && IsJwt(typ.GetString()!)))
            return new(JwtFault.Header, "The token's typ is neither JWT nor at+jwt.");
        return head.TryGetProperty("kid", out var kid) && kid.ValueKind != JsonValueKind.String ? new(JwtFault.Header, "The token's kid is not a text.") : null;
    }

    // RFC 7515 4.1.9: "application/" may be left out. RFC 9068 4: an access token is accepted in both forms.
    private static bool IsJwt(string typ)
    {
        const string media = "application/";
        var type = typ.AsSpan(typ.StartsWith(media, StringComparison.OrdinalIgnoreCase) ? media.Length : 0);
        return type.Equals("JWT", StringComparison.OrdinalIgnoreCase) || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase);
    }

    // Only the name of a key finds it. A token that names no key is accepted if only one key could have signed it.
    private static (TokenIssuer Issuer, int Key)? Find(JsonElement head, IReadOnlyList<TokenIssuer> issuers)
    {
        var named = head.TryGetProperty("kid", out var kid);
        var alg = head.GetProperty("alg");
        (TokenIssuer, int)? found = null;
        foreach (var issuer in issuers)
        {
            for (var i = 0; i < issuer.Keys.Count; i++)
            {
                var key = issuer.Keys[i];
                if (!(named ? key.Id is { } id && kid.ValueEquals(id) : alg.ValueEquals(key.Algorithm))) continue;
                if (found is not null) return null;
                found = (issuer, i);
            }
        }

        return found;
    }

    private static JwtResult ReadClaims(byte[] payload, TokenIssuer issuer, TimeSpan leeway, DateTimeOffset now)
    {
        using var document = JwtJson.Parse(payload);
        if (document is null) return JwtResult.No(JwtFault.Malformed, "The token's payload is not a JSON object, or names something twice.");
        var claims = document.RootElement;
        if (!JwtJson.IsText(claims, "iss", issuer.Issuer)) return JwtResult.No(JwtFault.Issuer, $"The token's issuer (iss) is not '{issuer.Issuer}'.");
        if (!HasAudience(claims, issuer.Audience)) return JwtResult.No(JwtFault.Audience, $"The token is not for '{issuer.Audience}' (aud).");
        if (!JwtJson.TryTime(claims, "exp", out var expires)
            || !JwtJson.TryTime(claims, "nbf", out var from) || !JwtJson.TryTime(claims, "iat", out var issued))
            return JwtResult.No(JwtFault.Claims, "exp, nbf and iat are numbers of seconds since 1970.");
        if (expires is not { } end) return JwtResult.No(JwtFault.Claims, "The token has no expiry (exp).");
        if (now >= end + leeway) return JwtResult.No(JwtFault.Expired, $"The token expired at {end:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        if (from > now + leeway) return JwtResult.No(JwtFault.NotYetValid, $"The token is valid from {from:yyyy-MM-dd'T'HH:mm:ss'Z'} on.");
        if (issued > now + leeway) return JwtResult.No(JwtFault.NotYetValid, "The token was issued in the future (iat): a clock is wrong.");
        return new(new JwtClaims(end, issued, claims.Clone()), null);
    }

    private static bool HasAudience(JsonElement claims, string wanted)
    {
        if (!claims.TryGetProperty("aud", out var aud)) return false;
        return aud.ValueKind switch
        {
            JsonValueKind.String => aud.ValueEquals(wanted),
            JsonValueKind.Array => aud.EnumerateArray().All(a => a.ValueKind == JsonValueKind.String) && aud.EnumerateArray().Any(a => a.ValueEquals(wanted)),
            _ => false,
        };
    }
}
