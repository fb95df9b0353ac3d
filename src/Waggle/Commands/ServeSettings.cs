using System.CommandLine;
using Waggle.Commands.Configuration;
using Waggle.Server;
using Waggle.Server.Door;
using Waggle.Storage.Sqlite;
using HiveOptions = Waggle.Core.Hives.HiveOptions;

namespace Waggle.Commands;

/// <summary>Everything that an operator can set of a hub.</summary>
internal sealed class ServeSettings
{
    private readonly Settings _settings = new();
    private readonly HiveOptions _standard = new();
    private readonly Option<string> _host;
    private readonly Option<int> _port;
    private readonly Option<string> _data;
    private readonly Option<string[]> _origins;
    private readonly Option<int> _lease;
    private readonly Option<TimeSpan> _tasks;
    private readonly Option<TimeSpan> _log;
    private readonly Option<string> _sync;
    private readonly Option<string> _logFormat;
    private readonly Option<bool> _verbose;
    private readonly Option<string> _otlp;

    public ServeSettings()
    {
        _host = _settings.Text(
            "host", "Where to listen; loopback only.", "127.0.0.1", "is not this machine's own address: a hub without authentication listens on loopback only (127.0.0.1, ::1 or localhost).", host => Loopback.Problem(host) is null);
        _port = _settings.Number("port", "0: any free one.", least: 0, most: 65_535, standard: 3000);
        _data = _settings.Text("data", "The data folder; made if it does not exist.", "waggle-data", "is not a path.");
        _origins = _settings.List("allow_origin", "Origin of a web page that may connect, for example http://localhost:5173. May be repeated.", "is not an origin such as http://localhost:5173.", IsOrigin);
        _lease = _settings.Number("lease_ms", "How long an assignment holds without a renewal, for tasks that do not say.", least: 100, most: 86_400_000, standard: 30_000);
        _tasks = _settings.Duration("task_retention", "How long finished tasks are kept, for example 30d or 12h.", _standard.TaskRetention, "30d");
        _log = _settings.Duration("log_retention", "How long the log of what happened is kept, for example 7d.", _standard.LogRetention, "7d");
        _sync = _settings.Choice("sync", "full: an acknowledged change survives a power cut. normal: the end of the process; a power cut may take the last moments.", "full", "normal");
        _logFormat = _settings.Choice("log_format", "How log lines on standard error look: text for people, json for programs (one object a line).", "text", "json");
        _verbose = _settings.Switch("verbose", "Log sessions, too.");
        _otlp = _settings.Text("otlp_endpoint", "Send metrics to this OpenTelemetry collector, too, for example http://127.0.0.1:4317. Empty: do not.", "", "is not a URL such as http://127.0.0.1:4317.", IsOrigin);
    }

    public IReadOnlyList<Setting> All => _settings.All;

    public void AddTo(Command command) => _settings.AddTo(command);

    public LogOptions Logs(ParseResult parse) => new(parse.GetValue(_verbose), parse.GetValue(_logFormat) == "json");

    public WaggleOptions Options(ParseResult parse)
    {
        var folder = Path.GetFullPath(parse.GetValue(_data)!);
        return new WaggleOptions
        {
            Host = parse.GetValue(_host)!,
            Port = parse.GetValue(_port),
            DataFolder = folder,
            AllowedOrigins = parse.GetValue(_origins) ?? [],
            OtlpEndpoint = parse.GetValue(_otlp) is { Length: > 0 } url ? new Uri(url) : null,
            Hive = _standard with
            {
                Lease = TimeSpan.FromMilliseconds(parse.GetValue(_lease)),
                TaskRetention = parse.GetValue(_tasks),
                LogRetention = parse.GetValue(_log),
            },
            Sqlite = new SqliteStoreOptions
            {
                Folder = folder,
                Synchronous = parse.GetValue(_sync) == "normal" ? SqliteSynchronous.Normal : SqliteSynchronous.Full,
            },
        };
    }

    private static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https");
}

/// <param name="Json">One object a line instead of text.</param>
internal sealed record LogOptions(bool Verbose, bool Json);
