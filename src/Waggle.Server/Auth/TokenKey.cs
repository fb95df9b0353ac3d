using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Waggle.Server.Auth;

/// <summary>
/// A key that verifies tokens. It has one algorithm, regardless of the token's header. Thread-safe: the library keeps a pool of verifiers for each key.
/// </summary>
/// <param name="Id">The name (kid) of the key in tokens.</param>
internal sealed record TokenKey(string? Id, string Algorithm, SecurityKey Key)
{
    public const string Hs256 = SecurityAlgorithms.HmacSha256;
    public const string Rs256 = SecurityAlgorithms.RsaSha256;
    public const string Es256 = SecurityAlgorithms.EcdsaSha256;

    /// <summary>The least number of bits of an RSA key.</summary>
    public const int MinRsaBits = 2048;

    /// <summary>The least length of a shared secret in bytes (RFC 7518 3.2).</summary>
    public const int MinSecretBytes = 32;

    public static TokenKey Hmac(string? id, byte[] secret) => new(id, Hs256, new SymmetricSecurityKey(secret) { KeyId = id });

    public static TokenKey Rsa(string? id, RSAParameters key) => new(id, Rs256, new RsaSecurityKey(key) { KeyId = id });

    /// <param name="key">A point of P-256.</param>
    public static TokenKey Ec(string? id, ECParameters key) => new(id, Es256, new ECDsaSecurityKey(ECDsa.Create(key)) { KeyId = id });
}
