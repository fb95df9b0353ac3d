using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.AccessControl;

/// <summary>Real handshakes with a certificate of the test's own making.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _certificate;
    private readonly string _pem;
    private readonly string _key;

    public TlsTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, default), new(2100, 1, 1, 0, 0, 0, default));
        (_pem, _key) = (Write("cert.pem", _certificate.ExportCertificatePem()), Write("key.pem", key.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_hub_with_a_certificate_speaks_TLS_on_every_road()
    {
        await using var hub = await AuthHub.StartAsync(o => o with { TlsCertificate = _pem, TlsKey = _key });
        Assert.Equal("https", hub.Server.Url.Scheme);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == _certificate.Thumbprint };
        using var http = new HttpClient(handler) { BaseAddress = hub.Server.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", hub.Admin);
        Assert.Contains("default", await http.GetStringAsync(new Uri("/api/v1/swarms", UriKind.Relative)), StringComparison.Ordinal);

        // Browsers use HTTP/2 if TLS offers it, and then WebSocket over that.
        foreach (var version in new[] { System.Net.HttpVersion.Version11, System.Net.HttpVersion.Version20 })
        {
            using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
            using var socket = new ClientWebSocket();
            socket.Options.HttpVersion = version;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            socket.Options.SetRequestHeader("Authorization", $"Bearer {hub.Admin}");
            await socket.ConnectAsync(new UriBuilder(hub.Server.Url) { Scheme = "wss", Path = "/ws/waggle" }.Uri, invoker, CancellationToken.None);
            await socket.SendAsync("""{"type":"hello","protocols":["waggle.v1"]}"""u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            var buffer = new byte[4096];
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            Assert.Contains("\"welcome\"", System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count), StringComparison.Ordinal);
        }

        using var stranger = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(new Uri(hub.Server.Url, "/health/live")));
    }

    [Fact]
    public async Task A_PFX_file_without_a_password_will_do()
    {
        var file = Path.Combine(_folder.Path, "cert.pfx");
        await File.WriteAllBytesAsync(file, _certificate.Export(X509ContentType.Pkcs12));
        await using var hub = await AuthHub.StartAsync(o => o with { TlsCertificate = file });
        Assert.Equal("https", hub.Server.Url.Scheme);
    }

    [Fact]
    public async Task Bad_files_are_told_by_their_names()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await RefusedAsync("needs tls_key", _pem, null);
        await RefusedAsync("needs tls_cert", null, _key);
        await RefusedAsync("There is no file", Path.Combine(_folder.Path, "none.pem"), _key);
        await RefusedAsync("other.pem", _pem, Write("other.pem", other.ExportPkcs8PrivateKeyPem()));
        await RefusedAsync("text.pem", Write("text.pem", "not a certificate"), _key);
        await RefusedAsync("locked.pem", _pem, Write("locked.pem", other.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))));
        await RefusedAsync("bad.pfx", Write("bad.pfx", "nonsense"), null);
    }

    private static async Task RefusedAsync(string expected, string? certificate, string? key)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => AuthHub.StartAsync(o => o with { TlsCertificate = certificate, TlsKey = key }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
