using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Waggle.Server.Auth;

namespace Waggle.Server.Tests.Auth;

/// <summary>Makes tokens as an identity provider or an attacker would: any header, any claims, any key.</summary>
internal sealed class Forge : IDisposable
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "waggle-test";

    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    public Forge()
    {
        Keys = Jwks.Parse(Encoding.UTF8.GetBytes(Set.ToJsonString()), secrets: true);
        Issuers = [new TokenIssuer(Issuer, Audience, Keys)];
    }

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Secret { get; } = RandomNumberGenerator.GetBytes(32);

    public IReadOnlyList<TokenKey> Keys { get; }

    public IReadOnlyList<TokenIssuer> Issuers { get; }

    /// <summary>The keys as a set: rsa, ec and secret.</summary>
    public JsonObject Set => new() { ["keys"] = new JsonArray(RsaJwk("rsa"), EcJwk("ec"), new JsonObject { ["kty"] = "oct", ["kid"] = "secret", ["k"] = Base64Url.EncodeToString(Secret) }) };

    public JsonObject RsaJwk(string id)
    {
        var key = Rsa.ExportParameters(includePrivateParameters: false);
        return new() { ["kty"] = "RSA", ["kid"] = id, ["use"] = "sig", ["alg"] = "RS256", ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent) };
    }

    public JsonObject EcJwk(string id)
    {
        var key = Ec.ExportParameters(includePrivateParameters: false);
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = id, ["x"] = Base64Url.EncodeToString(key.Q.X), ["y"] = Base64Url.EncodeToString(key.Q.Y) };
    }

    public static JsonObject Claims(DateTimeOffset? now = null) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["sub"] = "ann",
        ["iat"] = (now ?? Now).ToUnixTimeSeconds(),
        ["exp"] = (now ?? Now).AddHours(1).ToUnixTimeSeconds(),
        ["roles"] = new JsonArray("observer"),
    };

    public static JsonObject Header(string alg = "ES256", string? kid = "ec") => kid is null ? new() { ["alg"] = alg } : new() { ["alg"] = alg, ["kid"] = kid };

    public string Token(JsonObject? header = null, JsonObject? claims = null) => Token((header ?? Header()).ToJsonString(), (claims ?? Claims()).ToJsonString());

    public string Token(string header, string claims) => Sign($"{Part(header)}.{Part(claims)}", WithEc);

    public static string Sign(string signed, Func<byte[], byte[]> sign) => $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";

    public byte[] WithEc(byte[] data) => Ec.SignData(data, HashAlgorithmName.SHA256);

    public byte[] WithEcDer(byte[] data) => Ec.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public byte[] WithRsa(byte[] data) => Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public byte[] WithSecret(byte[] data) => HMACSHA256.HashData(Secret, data);

    public static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    public JwtResult Verify(string token, DateTimeOffset? now = null) => JwtVerifier.Verify(token, Issuers, Leeway, now ?? Now);

    public void Dispose()
    {
        Rsa.Dispose();
        Ec.Dispose();
    }
}
