using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Delivery;
using Waggle.Server.Auth;
using Waggle.Storage.Sqlite;

namespace Waggle.Server;

/// <summary>A hub: where it listens, where it keeps its data, and the numbers of its hive.</summary>
public sealed record WaggleServerOptions
{
    /// <summary>An address of this machine; without authentication loopback only: localhost (which is 127.0.0.1 and ::1), 127.0.0.1 or ::1.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>0: any free one.</summary>
    public int Port { get; init; } = 3000;

    /// <summary>
    /// Further ports on the same address, by the name of the foreign dialect whose clients look for their server there (0: any free one). One that is taken
    /// is logged, and left out.
    /// </summary>
    public IReadOnlyDictionary<string, int> CompatPorts { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The data folder; made if it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Origins of web pages that may connect besides the hub's own, for example <c>http://localhost:5173</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Names besides its own under which the hub may be called. With tokens and without any: every name.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public AuthOptions Auth { get; init; } = new();

    /// <summary>A PEM file with the certificate and those between it and its root, or a PFX file without a password; null: no TLS.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Addresses or networks (CIDR) of proxies whose X-Forwarded-For, -Proto and -Host count.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    public HiveOptions Hive { get; init; } = new();

    /// <summary>How the hub watches itself and its machine.</summary>
    public InsightOptions Insight { get; init; } = new();
    public OutboxLimits Outbox { get; init; } = new();
    public ConnectionLimits Connections { get; init; } = new();

    /// <summary>How long a client may take for its hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping hub waits for its connections to take their last words.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// An OpenTelemetry collector that metrics and traces are sent to, too; null: the one that OTEL_EXPORTER_OTLP_ENDPOINT names, if it names one.
    /// </summary>
    public Uri? OtlpEndpoint { get; init; }

    public SqliteStoreOptions? Sqlite { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
