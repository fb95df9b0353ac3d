using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>The transport of a bench's WebSockets to its hub.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RoadKind>))]
internal enum RoadKind
{
    Plain,
    Tls,

    /// <summary>RFC 8441, over TLS: streams of shared connections.</summary>
    Http2,
}

/// <summary>The two sides of a transport, for the hub and its clients. The certificate is created for the run, and only the run trusts it.</summary>
internal sealed class Road : IDisposable
{
    private readonly RoadKind _kind;

    /// <param name="folder">The folder of the certificate.</param>
    public Road(RoadKind kind, string folder)
    {
        _kind = kind;
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        Http = new HttpMessageInvoker(handler);
        if (kind == RoadKind.Plain) return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, default), new(2100, 1, 1, 0, 0, 0, default));
        var (certificate, secret) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem());
        HubArguments = ["--tls-cert", certificate, "--tls-key", secret];
        var ours = made.GetCertHashString(HashAlgorithmName.SHA256);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == ours;
    }

    /// <summary>The arguments of the hub.</summary>
    public IReadOnlyList<string> HubArguments { get; } = [];

    /// <summary>The client for other requests to the same hub.</summary>
    public HttpMessageInvoker Http { get; }

    public async Task<ClientWebSocket> OpenAsync(Uri hub, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        try
        {
            (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (_kind == RoadKind.Http2 ? HttpVersion.Version20 : HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
            await socket.ConnectAsync(new UriBuilder(hub) { Scheme = _kind == RoadKind.Plain ? "ws" : "wss", Path = "/ws/waggle" }.Uri, Http, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => Http.Dispose();
}
