using System.Security.Cryptography;
using System.Text.Json;

namespace Waggle.Server.Auth;

/// <summary>Reads a JSON Web Key Set (RFC 7517).</summary>
internal static class Jwks
{
    private const int MaxKeys = 100;

    /// <summary>Returns the keys that can verify tokens here and skips others (other types, or for encryption).</summary>
    /// <param name="secrets">Whether shared secrets are accepted: from a file that the operator keeps, and not from the network.</param>
    /// <exception cref="FormatException">The text is no set, or has no usable key; the message gives the reason.</exception>
    public static IReadOnlyList<TokenKey> Parse(ReadOnlyMemory<byte> text, bool secrets)
    {
        using var document = JwtJson.Parse(text) ?? throw new FormatException("it is not a JSON object");
        if (!document.RootElement.TryGetProperty("keys", out var all) || all.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("it has no array 'keys'");
        }

        if (all.GetArrayLength() > MaxKeys) throw new FormatException($"it has more than {MaxKeys} keys");
        var keys = all.EnumerateArray().Where(k => k.ValueKind == JsonValueKind.Object).Select(k => Read(k, secrets)).OfType<TokenKey>().ToArray();
        if (keys.Length == 0)
        {
            throw new FormatException(
                $"it has no key for {TokenKey.Rs256} (RSA, {TokenKey.MinRsaBits} bits or more), {TokenKey.Es256} "
                    + $"(P-256){(secrets ? $" or {TokenKey.Hs256}" : "")}");
        }

        var twice = keys.Where(k => k.Id is not null).GroupBy(k => k.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? keys : throw new FormatException($"two of its keys are named '{twice.Key}'");
    }

    /// <summary>Returns a key; null for a key that the hub cannot use.</summary>
    public static TokenKey? Read(JsonElement key, bool secrets)
    {
        if (key.TryGetProperty("use", out _) && !JwtJson.IsText(key, "use", "sig")) return null;
        try
        {
            var id = JwtJson.Text(key, "kid");
            TokenKey? read = JwtJson.Text(key, "kty") switch
            {
                "RSA" => ReadRsa(id, key),
                "EC" when JwtJson.IsText(key, "crv", "P-256") => ReadEc(id, key),
                "oct" when secrets && Bytes(key, "k") is { Length: >= TokenKey.MinSecretBytes } secret => TokenKey.Hmac(id, secret),
                _ => null,
            };
            return read is not null && (!key.TryGetProperty("alg", out _) || JwtJson.IsText(key, "alg", read.Algorithm)) ? read : null;
        }
        catch (CryptographicException)
        {
            // The values are no point of the curve, or no modulus, so they are no key.
            return null;
        }
    }

    private static TokenKey? ReadRsa(string? id, JsonElement key)
    {
        var parameters = new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") };
        if (parameters.Modulus is null || parameters.Exponent is null) return null;
        using var rsa = RSA.Create(parameters);
        return rsa.KeySize >= TokenKey.MinRsaBits ? TokenKey.Rsa(id, parameters) : null;
    }

    private static TokenKey? ReadEc(string? id, JsonElement key)
    {
        var point = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") };
        if (point.X is not { Length: 32 } || point.Y is not { Length: 32 }) return null;
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point };
        return TokenKey.Ec(id, parameters);
    }

    public static byte[]? Bytes(JsonElement key, string name) =>
        JwtJson.Text(key, name) is { Length: > 0 } text && StrictBase64Url.TryDecode(text, out var bytes) ? bytes : null;
}
