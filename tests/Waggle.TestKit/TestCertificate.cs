using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Waggle.TestKit;

/// <summary>A certificate that only tests trust.</summary>
public static class TestCertificate
{
    public static X509Certificate2 Localhost { get; } = Make();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, default), new(2100, 1, 1, 0, 0, 0, default));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
