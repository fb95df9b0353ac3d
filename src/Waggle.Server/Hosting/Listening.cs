using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Hosting;

/// <summary>Configures the address, port, TLS and proxies of a hub's own server.</summary>
internal static class Listening
{
    private const int SpareConnections = 256;

    /// <exception cref="IOException">The certificate or its key cannot be used; the message gives the reason.</exception>
    public static Action<ListenOptions>? Tls(WaggleServerOptions options)
    {
        if (options.TlsCertificate is not { } file)
        {
            return options.TlsKey is null ? null : throw new IOException("tls_key needs tls_cert: the certificate that belongs to the key.");
        }

        var (certificate, chain) = Read(file, options.TlsKey);
        return listen =>
            listen.UseHttps(
                new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate,
                    ServerCertificateChain = chain,
                    HandshakeTimeout = options.Connections.HandshakeTimeout,
                });
    }

    public static void Listen(this KestrelServerOptions kestrel, WaggleServerOptions options, Action<ListenOptions>? tls, IReadOnlyList<CompatPort> compat)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = options.Connections.HandshakeTimeout;

        // The last limit, without an error message. A client above the hub's own limit receives an error, which needs a connection. Kestrel counts before a TLS
        // handshake. Without TLS the hub counts, which saves every idle client Kestrel's memory for it.
        var most = options.Connections.Most + SpareConnections;
        if (tls is not null) kestrel.Limits.MaxConcurrentConnections = most;
        Listen(kestrel, options, options.Port, tls, most, compat.FirstOrDefault(p => p.IsHubs));
        foreach (var port in compat.Where(p => !p.IsHubs)) Listen(kestrel, options, port.Asked, tls, most, port);
    }

    private static void Listen(KestrelServerOptions kestrel, WaggleServerOptions options, int number, Action<ListenOptions>? tls, int most, CompatPort? port)
    {
        void Configure(ListenOptions listen)
        {
            tls?.Invoke(listen);
            if (port is not null) Mark(listen, port);
            listen.UseWaggleWebSockets(tls is null ? most : int.MaxValue, new EndpointPaths(port, takesBare: true));
        }

        // The name means ::1 as well; LocalhostListeners opens both as one endpoint.
        kestrel.Listen(Loopback.IsName(options.Host) ? IPAddress.Loopback : IPAddress.Parse(options.Host.Trim('[', ']')), number, Configure);
    }

    // A request carries the port that it came over, regardless of its Host header.
    private static void Mark(ListenOptions listen, CompatPort port)
    {
        port.Endpoint = listen;
        listen.Use(next => connection =>
        {
            connection.Features.Set(port);
            return next(connection);
        });
    }

    /// <summary>Accepts a proxy's statement about the client if the operator named the proxy, and ignores all others.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, WaggleServerOptions options)
    {
        if (options.TrustedProxies.Count == 0) return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,

            // The middleware goes from the nearest proxy on, for as long as each is trusted.
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(
                ProxyNetwork.Of(proxy) ?? throw new ArgumentException($"'{proxy}' is neither an address nor a network such as 10.0.0.0/8.", nameof(options)));
        }

        app.UseForwardedHeaders(forwarded);
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection? Chain) Read(string file, string? keyFile)
    {
        foreach (var path in new[] { file, keyFile })
        {
            if (path is not null && !File.Exists(path)) throw new IOException($"There is no file '{path}' (TLS).");
        }

        try
        {
            if (Path.GetExtension(file) is ".pfx" or ".p12") return (X509CertificateLoader.LoadPkcs12FromFile(file, null), null);
            if (keyFile is null) throw new IOException($"tls_cert '{file}' needs tls_key: the private key that belongs to it (PEM).");
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            return (X509Certificate2.CreateFromPemFile(file, keyFile), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new IOException(
                $"The certificate '{file}'{(keyFile is null ? "" : $" with the key '{keyFile}'")} cannot be used: {e.Message} Both are PEM files, the key "
                    + $"is not encrypted and belongs to the certificate.",
                e);
        }
    }
}
