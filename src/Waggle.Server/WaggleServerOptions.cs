using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Delivery;
using Waggle.Dialects;
using Waggle.Server.Auth;
using Waggle.Storage.Postgres;
using Waggle.Storage.Sqlite;

namespace Waggle.Server;

/// <summary>The options of a hub: its address, its data and the settings of its hive.</summary>
public sealed record WaggleServerOptions
{
    /// <summary>The address to listen on. Without authentication it must be loopback: localhost (which is 127.0.0.1 and ::1), 127.0.0.1 or ::1.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The port; 0 chooses a free one.</summary>
    public int Port { get; init; } = 3000;

    /// <summary>
    /// The path of a proxy below which clients find the hub, for example <c>/waggle</c>; empty for none. The hub answers with addresses below it, and takes
    /// requests with the path and without it, so the proxy may keep or remove it. Ports of foreign dialects are not affected.
    /// </summary>
    public string BasePath { get; init; } = "";

    /// <summary>
    /// Further ports on the same address, by the name of the foreign dialect whose clients expect their server there (0 chooses a free one). A port in use is
    /// logged and skipped.
    /// </summary>
    public IReadOnlyDictionary<string, int> CompatPorts { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>
    /// The application's own dialects, besides those of the hub: each at <c>/ws/NAME</c>, its HTTP below <c>/dialects/NAME</c>
    /// (docs/write-a-dialect.md). Their names differ from each other and from the hub's.
    /// </summary>
    public IReadOnlyList<DialectEntry> Dialects { get; init; } = [];

    /// <summary>The data folder, which the hub creates if it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The origins of web pages that may connect besides the hub's own, for example <c>http://localhost:5173</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The host names that the hub accepts besides its own. With tokens and an empty list it accepts every name.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public AuthOptions Auth { get; init; } = new();

    /// <summary>The PEM file with the certificate and its intermediates, or a PFX file without a password; null for no TLS.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The PEM file with the certificate's private key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>The addresses or networks (CIDR) of proxies whose X-Forwarded-For, -Proto and -Host the hub accepts.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    public HiveOptions Hive { get; init; } = new();

    /// <summary>The settings by which the hub observes itself and its machine.</summary>
    public InsightOptions Insight { get; init; } = new();
    public OutboxLimits Outbox { get; init; } = new();
    public ConnectionLimits Connections { get; init; } = new();

    /// <summary>The time that a client has for its hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that a stopping hub waits for its connections to take their last messages.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the hub compresses WebSocket messages of 1,024 bytes and more for clients that offer permessage-deflate (RFC 7692). Each message is compressed
    /// alone and, on each thread, once for all clients that receive it.
    /// </summary>
    public bool Compression { get; init; } = true;

    /// <summary>
    /// The OpenTelemetry collector that also receives metrics and traces. Null uses the one that OTEL_EXPORTER_OTLP_ENDPOINT names, if it names one.
    /// </summary>
    public Uri? OtlpEndpoint { get; init; }

    public SqliteStoreOptions? Sqlite { get; init; }

    /// <summary>
    /// The database that holds the hive, its long results and its signing key instead of the data folder (docs/postgresql.md). The data folder then has
    /// only what can be made again: a copy of the key, and the search index.
    /// </summary>
    public PostgresStoreOptions? Postgres { get; init; }

    /// <summary>
    /// The embedder of the search of memory (docs/search.md). Null uses hashed features of words and characters, which find no synonyms. The package
    /// Waggle.Search.MiniLm has one that runs in the process.
    /// </summary>
    public SearchEmbedder? Embedder { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
