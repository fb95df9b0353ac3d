using System.CommandLine;
using Waggle.Commands.Configuration;
using Waggle.Core.Insight;
using Waggle.Server;
using Waggle.Server.AccessControl;
using Waggle.Server.Auth;
using Waggle.Server.Http;
using Waggle.Shared;
using HiveOptions = Waggle.Core.Kernel.HiveOptions;

namespace Waggle.Commands;

/// <summary>All settings of a hub.</summary>
internal sealed class ServeSettings
{
    private readonly Settings _settings = new();
    private readonly HiveOptions _standard = new();
    private readonly ConnectionLimits _limits = new();
    private readonly TimeSpan _drainStandard = new WaggleServerOptions { DataFolder = "" }.DrainTimeout;
    private readonly InsightOptions _insightStandard = new();
    private readonly Option<string> _host;
    private readonly Option<int> _port;
    private readonly Option<string> _basePath;
    private readonly Option<bool> _useCompat;
    private readonly Option<bool> _noCompat;
    private readonly Option<string[]> _compat;
    private readonly Option<string> _data;
    private readonly Option<string[]> _origins;
    private readonly Option<string[]> _hosts;
    private readonly Option<string> _auth;
    private readonly Option<string?> _jwks;
    private readonly Option<string?> _issuer;
    private readonly Option<string?> _audience;
    private readonly Option<string?> _cert;
    private readonly Option<string?> _key;
    private readonly Option<string[]> _proxies;
    private readonly Option<int> _lease;
    private readonly Option<string> _learning;
    private readonly Option<Duration> _tasks;
    private readonly Option<Duration> _log;
    private readonly TaskLogSettings _taskLogs;
    private readonly Option<Duration> _chat;
    private readonly Option<Duration> _notifications;
    private readonly Option<Duration> _proposals;
    private readonly Option<Duration> _audit;
    private readonly Option<Duration> _workflows;
    private readonly Option<int> _maxBlob;
    private readonly Option<Duration> _blobs;
    private readonly Option<int> _namespaceQuota;
    private readonly Option<int> _swarmQuota;
    private readonly Option<string> _embedder;
    private readonly Option<string?> _embedderKey;
    private readonly StoreSettings _store;
    private readonly Option<int> _connections;
    private readonly Option<int> _perAddress;
    private readonly Option<int> _unauthenticated;
    private readonly Option<Duration> _handshake;
    private readonly Option<int> _frames;
    private readonly Option<int> _bytes;
    private readonly Option<int> _messages;
    private readonly Option<Duration> _drain;
    private readonly Option<bool> _noCompression;
    private readonly Option<Duration> _insight;
    private readonly Option<string[]> _alerts;
    private readonly Option<string> _logFormat;
    private readonly Option<bool> _verbose;
    private readonly Option<string?> _otlp;
    private readonly Option<string?> _runner;
    private readonly Option<int> _spawnedPerUser;
    private readonly Option<int> _spawnsPerMinute;
    private readonly Option<string?> _prices;

    public ServeSettings()
    {
        _host = _settings.Text(
            "host",
            "The address to listen on. localhost means 127.0.0.1 and ::1; 0.0.0.0 or :: means all addresses. Without authentication, only loopback is allowed.",
            "localhost", "is not an address (127.0.0.1, ::1, localhost, 0.0.0.0).", Loopback.IsAddress, widens: true);
        _port = _settings.Number("port", "The port to listen on. 0 selects any free port.", least: 0, most: 65_535, standard: CompatPorts.StandardPort);
        _basePath = _settings.Text(
            "base_path",
            "The path of a proxy below which clients find the hub, for example /waggle. The proxy may keep or remove it; the hub's own addresses have it.",
            "", BasePath.Rule, BasePath.IsOne);
        _useCompat = _settings.Switch(
            "compat_ports",
            "Also open the ports that clients of foreign dialects connect to by default (3000, 3001, 8080). Otherwise the hub opens them only if its own " +
                "port is 3000.");
        _noCompat = _settings.Switch("no_compat_ports", "Do not open additional ports for clients of foreign dialects; they can connect to /ws/NAME.");
        _compat = _settings.List(
            "compat_port",
            "DIALECT=PORT, for example orchestrator-hub=3001: the port for clients of a foreign dialect (spec/dialects/). 0 selects any free port. May " +
                "be repeated.",
            "is not DIALECT=PORT such as orchestrator-hub=3001.", CompatPorts.IsOne);
        _data = FolderSettings.Data(_settings, "The data folder. The hub creates it if it does not exist.");
        _origins = _settings.List(
            "allow_origin", "The origin of a web page that may connect, for example http://localhost:5173. May be repeated.",
            "is not an origin such as http://localhost:5173.", IsOrigin, widens: true);
        _hosts = _settings.List(
            "allow_host", "A host name that requests may use, for example waggle.example.org. May be repeated. With tokens, any name is allowed by default.",
            "is not a host name without a port.", IsHostName, widens: true);
        _auth = _settings.Choice(
            "auth",
            "none: development mode, on loopback only; every client on this machine has every permission. token: every client needs a token (docs/auth.md).",
            ["none", "token"], widens: true);
        _jwks = _settings.Optional(
            "jwks", "The file or URL of an identity provider's keys (JSON Web Key Set). The hub then accepts its tokens in addition to its own.", "is empty.",
            widens: true);
        _issuer = _settings.Optional(
            "issuer",
            "The identity provider: the iss of its tokens. Without jwks it must be a URL, and the hub finds the keys through its " +
                ".well-known/openid-configuration.",
            "is empty.", widens: true);
        _audience = _settings.Optional("audience", "The audience (aud) that the tokens of the issuer must have.", "is empty.", widens: true);
        _cert = _settings.Optional(
            "tls_cert", "Serve TLS with this certificate: PEM, followed by its intermediate certificates, or PFX without a password.", "is empty.",
            widens: true);
        _key = _settings.Optional("tls_key", "The certificate's private key, PEM.", "is empty.", widens: true);
        _proxies = _settings.List(
            "trusted_proxy",
            "Address or network (10.0.0.0/8) of a trusted proxy: the hub honours its X-Forwarded-For, -Proto and -Host headers. May be repeated.",
            "is neither an address nor a network such as 10.0.0.0/8.", text => ProxyNetwork.Of(text) is not null, widens: true);
        _lease = _settings.Number(
            "lease_ms", "How long a lease lasts without a renewal, unless the task sets its own.", least: 100, most: 86_400_000, standard: 30_000);
        _learning = _settings.Choice("learning", "Learn the proficiencies of agents from the outcomes of tasks: on, or off (as declared).", ["on", "off"]);
        _tasks = _settings.Duration("task_retention", "How long finished tasks are kept, for example 30d or 12h.", _standard.TaskRetention);
        _log = _settings.Duration("log_retention", "How long the log of records is kept, for example 7d.", _standard.LogRetention);
        _taskLogs = new TaskLogSettings(_settings, _standard);
        _chat = _settings.Duration(
            "chat_retention", "How long chat messages are kept. A conversation is kept this long after its last message.", _standard.ChatRetention);
        _notifications = _settings.Duration("notification_retention", "How long notifications are kept, seen or not.", _standard.NotificationRetention);
        _proposals = _settings.Duration("proposal_retention", "How long closed proposals and their ballots are kept.", _standard.ProposalRetention);
        _audit = _settings.Duration("audit_retention", "How long the audit log is kept.", _standard.AuditRetention);
        _workflows = _settings.Duration("workflow_retention", "How long ended workflow runs and their steps are kept.", _standard.WorkflowRetention);
        _maxBlob = _settings.Number(
            "max_blob_bytes", "The maximum size of a result that is uploaded as a file.", least: 1024, most: int.MaxValue,
            standard: (int)_standard.MaxBlobBytes);
        _namespaceQuota = _settings.Number(
            "memory_namespace_quota", "The bytes of values that one memory namespace may have.", least: 1024, most: int.MaxValue,
            standard: (int)_standard.MemoryNamespaceQuota);
        _swarmQuota = _settings.Number(
            "memory_swarm_quota",
            "The bytes of values that all memory namespaces of a swarm may have together. The shared namespaces count as one swarm.",
            least: 1024, most: int.MaxValue, standard: (int)_standard.MemorySwarmQuota);
        _blobs = _settings.Duration(
            "blob_retention",
            "How long a file is kept that nothing refers to: an uploaded result without a completion. At least 10m, which is the time for memory values.",
            _standard.BlobRetention,
            HiveOptions.LeastBlobRetention);
        _embedder = _settings.Text(
            "embedder",
            "The embedder of the search (docs/search.md): minilm, in the hub; openai:MODEL@URL, a service with the API of OpenAI; ollama:MODEL, Ollama on " +
                "this machine; none, hashed words without a model.",
            EmbedderSpec.Standard, "is not none, minilm, openai:MODEL@URL or ollama:MODEL.", EmbedderSpec.IsGood, widens: true);
        _embedderKey = _settings.Optional(
            "embedder_key_file", "The file with the key that the service of the embedder gets as a bearer token.", "is empty.", widens: true);
        _store = new StoreSettings(_settings);
        _connections = _settings.Number(
            "max_connections", "The maximum number of clients: WebSockets, event streams, workers that wait over HTTP. 0: the process's limit on open files.",
            least: 0, most: 10_000_000, standard: _limits.MaxConnections);
        _perAddress = _settings.Number(
            "max_connections_per_address",
            "The maximum number of clients from one address (IPv6: from one /64). Clients on this machine do not count. 0: no limit.", least: 0,
            most: 10_000_000, standard: _limits.MaxPerAddress);
        _unauthenticated = _settings.Number(
            "max_connections_without_token",
            "The maximum number of connections without a valid token, counted separately from max_connections: on /ws/cloud-agents each for at most 30 " +
                "s. As many, or an eighth of max_connections, may wait for their hello on /ws/waggle. 0: no limit.",
            least: 0, most: 10_000_000, standard: _limits.MaxUnauthenticated);
        _handshake = _settings.Duration("handshake_timeout", "The time limit for the head of a request, and for a TLS handshake.", _limits.HandshakeTimeout);
        _frames = _settings.Number(
            "max_frames_per_second",
            "The messages per second that one WebSocket may send on average (twice as many in a burst). The hub pauses reading from a client that " +
                "sends more. 0: no limit.",
            least: 0, most: 10_000_000, standard: _limits.Inbound.FramesPerSecond);
        _bytes = _settings.Number(
            "max_bytes_per_second", "The bytes per second that one WebSocket may send on average. 0: no limit.", least: 0, most: int.MaxValue,
            standard: (int)_limits.Inbound.BytesPerSecond);
        _messages = _settings.Number(
            "max_messages_per_minute",
            "The messages over WebSockets, and the REST requests, that one client may send within a minute. The hub refuses further ones with the time " +
                "to wait. 0: claude-zen 60,000, the other protocols no limit.",
            least: 0, most: int.MaxValue, standard: _limits.MaxMessagesPerMinute);
        _drain = _settings.Duration("drain_timeout", "How long a stopping hub waits for clients to receive their final messages.", _drainStandard);
        _noCompression = _settings.Switch(
            "no_compression", "Do not compress WebSocket messages, also not for clients that offer permessage-deflate.");
        _insight = _settings.Duration(
            "insight_interval",
            "The interval between two measurements of the machine, the process and the hub (docs/insight.md), rounded to a quarter of a second. 0s: no " +
                "measurements and no alerts.",
            _insightStandard.Interval);
        _alerts = _settings.List(
            "alert",
            "The threshold of an alert rule (docs/insight.md): RULE=THRESHOLD/END/FOR, for example disk_space=95/90/2m (END and FOR are optional), or " +
                "RULE=off. May be repeated.",
            $"is not a rule such as disk_space=95/90/2m or host_cpu=off. Rules: {string.Join(", ", AlertRules.Standard.Select(r => r.Name))}; END is " +
                "the value at which the alert ends, on the good side of THRESHOLD.",
            AlertSpecs.IsGood);
        _logFormat = _settings.Choice("log_format", "The format of log lines on standard error: text, or json (one object per line).", ["text", "json"]);
        _verbose = _settings.Switch("verbose", "Also log sessions.");
        _otlp = _settings.Optional(
            "otlp_endpoint", "Send metrics and traces to this OpenTelemetry collector, for example http://127.0.0.1:4317.",
            "is not a URL such as http://127.0.0.1:4317.", IsOrigin, widens: true);
        _runner = _settings.Optional(
            "runner", "Also run a runner in this process: the file with the templates of the agents that clients may start (docs/runner.md).", "is empty.",
            widens: true);
        _spawnedPerUser = _settings.Number(
            "max_spawned_per_user", "The maximum number of agents that one user may have on runners at a time.", least: 0, most: 100_000,
            standard: _standard.MaxSpawnedPerUser);
        _spawnsPerMinute = _settings.Number(
            "spawns_per_minute", "The maximum number of agents that one user may request from runners within a minute.", least: 0, most: 100_000,
            standard: _standard.SpawnsPerMinute);
        _prices = _settings.Optional(
            "prices", "The file with the prices of models, from which the hub computes costs that workers do not report (docs/budgets.md).", "is empty.");
    }

    public IReadOnlyList<Setting> All => _settings.All;

    public void AddTo(Command command) => _settings.AddTo(command);

    /// <summary>The file that was read and its keys; null if there was no file.</summary>
    public string? Note => _settings.Note();

    /// <summary>Returns the file of the runner in the hub's process; null without one.</summary>
    public string? Runner(ParseResult parse) => parse.GetValue(_runner) is { Length: > 0 } file ? file : null;

    public LogOptions Logs(ParseResult parse) => new(parse.GetValue(_verbose), parse.GetValue(_logFormat) == "json");

    public WaggleServerOptions Options(ParseResult parse)
    {
        var folder = Path.GetFullPath(parse.GetValue(_data)!);
        return new WaggleServerOptions
        {
            Host = parse.GetValue(_host)!,
            Port = parse.GetValue(_port),
            BasePath = parse.GetValue(_basePath)!,
            CompatPorts = CompatPorts.Of(parse.GetValue(_port), parse.GetValue(_useCompat), parse.GetValue(_noCompat), parse.GetValue(_compat) ?? []),
            DataFolder = folder,
            AllowedOrigins = parse.GetValue(_origins) ?? [],
            AllowedHosts = parse.GetValue(_hosts) ?? [],
            Auth = new AuthOptions
            {
                Tokens = parse.GetValue(_auth) == "token",
                Jwks = parse.GetValue(_jwks),
                Issuer = parse.GetValue(_issuer),
                Audience = parse.GetValue(_audience),
            },
            TlsCertificate = parse.GetValue(_cert),
            TlsKey = parse.GetValue(_key),
            TrustedProxies = parse.GetValue(_proxies) ?? [],
            Connections = _limits with
            {
                MaxConnections = parse.GetValue(_connections),
                MaxPerAddress = parse.GetValue(_perAddress),
                MaxUnauthenticated = parse.GetValue(_unauthenticated),
                HandshakeTimeout = parse.GetValue(_handshake).Value,
                Inbound = new() { FramesPerSecond = parse.GetValue(_frames), BytesPerSecond = parse.GetValue(_bytes) },
                MaxMessagesPerMinute = parse.GetValue(_messages),
            },
            DrainTimeout = parse.GetValue(_drain).Value,
            Compression = !parse.GetValue(_noCompression),
            Insight = new InsightOptions { Interval = parse.GetValue(_insight).Value, Rules = AlertSpecs.Apply(parse.GetValue(_alerts) ?? []) },
            OtlpEndpoint = parse.GetValue(_otlp) is { Length: > 0 } url ? new Uri(url) : null,
            Hive = _taskLogs.Apply(_standard, parse) with
            {
                Lease = TimeSpan.FromMilliseconds(parse.GetValue(_lease)),
                Learning = parse.GetValue(_learning) == "on",
                TaskRetention = parse.GetValue(_tasks).Value,
                LogRetention = parse.GetValue(_log).Value,
                ChatRetention = parse.GetValue(_chat).Value,
                NotificationRetention = parse.GetValue(_notifications).Value,
                ProposalRetention = parse.GetValue(_proposals).Value,
                AuditRetention = parse.GetValue(_audit).Value,
                WorkflowRetention = parse.GetValue(_workflows).Value,
                MaxBlobBytes = parse.GetValue(_maxBlob),
                BlobRetention = parse.GetValue(_blobs).Value,
                MemoryNamespaceQuota = parse.GetValue(_namespaceQuota),
                MemorySwarmQuota = parse.GetValue(_swarmQuota),
                MaxSpawnedPerUser = parse.GetValue(_spawnedPerUser),
                SpawnsPerMinute = parse.GetValue(_spawnsPerMinute),
                Prices = parse.GetValue(_prices) is { Length: > 0 } prices ? PriceFile.Read(prices) : _standard.Prices,
            },
            Embedder = EmbedderSpec.Of(parse.GetValue(_embedder)!, parse.GetValue(_embedderKey)),
            Sqlite = _store.Sqlite(parse, folder),
            Postgres = _store.Postgres(parse),
        };
    }

    private static bool IsHostName(string text) => Uri.CheckHostName(text.Trim('[', ']')) != UriHostNameType.Unknown;

    private static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https");
}

/// <param name="Json">Whether each entry is a line of JSON instead of text.</param>
internal sealed record LogOptions(bool Verbose, bool Json);
