using System.Security.Cryptography;

namespace Waggle.Server.Auth;

/// <summary>A key that tokens are verified with. It has one algorithm, whatever a token says.</summary>
internal abstract class TokenKey(string? id, string algorithm)
{
    public const string Hs256 = "HS256";
    public const string Rs256 = "RS256";
    public const string Es256 = "ES256";

    /// <summary>The name (kid) that tokens call it by.</summary>
    public string? Id => id;

    public string Algorithm => algorithm;

    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}

internal sealed class HmacKey(string? id, byte[] secret) : TokenKey(id, Hs256)
{
    public const int MinBytes = 32;

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, data), signature);
}

/// <param name="key">Of at least <see cref="MinBits"/> bits.</param>
internal sealed class RsaKey(string? id, RSAParameters key) : TokenKey(id, Rs256)
{
    public const int MinBits = 2048;

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // The key objects of .NET do not promise to serve several threads.
        using var rsa = RSA.Create(key);
        return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}

/// <param name="key">A point of P-256.</param>
internal sealed class EcKey(string? id, ECParameters key) : TokenKey(id, Es256)
{
    // RFC 7518 3.4: R and S, 32 bytes each; DER is another form.
    public const int SignatureBytes = 64;

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes) return false;
        using var ec = ECDsa.Create(key);
        return ec.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
