using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Waggle.TestKit.Postgres;

/// <summary>
/// A PostgreSQL server of the tests, with Debian's programs, a free port of loopback and a folder of its own. Durability is on, because the hub refuses a
/// server without it.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "waggle";

    private readonly string _programs;
    private readonly string _folder;
    private Process? _process;

    private PostgresServer(string programs, string folder, int port) => (_programs, _folder, Port) = (programs, folder, port);

    public int Port { get; }

    /// <summary>The connection string of the superuser, who needs no password.</summary>
    public string Connection => $"Host=127.0.0.1;Port={Port};Username={User};Database={User}";

    /// <summary>Starts a server, or skips the test where the programs are missing.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        Require.That(Programs() is not null, "PostgreSQL is not installed: tests/Interop/tools installs it.");
        var folder = Directory.CreateTempSubdirectory("waggle-pg-").FullName;
        var server = new PostgresServer(Programs()!, folder, FreePort());
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres:", folder);
        await server.RunAsPostgresAsync("initdb", "-D", server.Data, "-U", User, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync");
        await server.StartAgainAsync();
        await server.RunAsPostgresAsync("createdb", "-h", "127.0.0.1", "-p", $"{server.Port}", "-U", User, User);
        return server;
    }

    /// <summary>Adds a line before all others to pg_hba.conf, and makes the server read it.</summary>
    public async Task AdmitAsync(string line)
    {
        var file = Path.Combine(Data, "pg_hba.conf");
        await File.WriteAllTextAsync(file, $"{line}\n{await File.ReadAllTextAsync(file)}");
        await RunAsPostgresAsync("pg_ctl", "reload", "-D", Data);
    }

    /// <summary>Runs SQL as the superuser.</summary>
    public Task SqlAsync(string sql, string database = User) =>
        RunAsPostgresAsync("psql", "-h", "127.0.0.1", "-p", $"{Port}", "-U", User, "-d", database, "-v", "ON_ERROR_STOP=1", "-q", "-c", sql);

    /// <summary>Ends the server at once, as a crash does: its clients get no word.</summary>
    public async Task CrashAsync()
    {
        await RunAsPostgresAsync("pg_ctl", "stop", "-D", Data, "-m", "immediate");
        await WaitAsync();
    }

    public async Task StartAgainAsync()
    {
        // The shell ends the server when this process, which holds its input, is gone.
        string[] server =
        [
            Path.Combine(_programs, "postgres"), "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
            "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal",
        ];
        string[] all = ["-c", "\"$@\" <&- & pid=$!; cat >/dev/null; kill -INT $pid 2>/dev/null; wait $pid", "sh", .. server];
        var (program, arguments) = AsPostgres("sh", all);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await Eventually.Async(async () => await TryAsync("pg_isready", "-q", "-h", "127.0.0.1", "-p", $"{Port}"), "PostgreSQL accepts connections");
    }

    public async ValueTask DisposeAsync()
    {
        await WaitAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private async Task WaitAsync()
    {
        if (_process is null) return;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private async Task RunAsPostgresAsync(string tool, params string[] arguments)
    {
        var (program, all) = AsPostgres(Path.Combine(_programs, tool), arguments);
        await RunAsync(program, all);
    }

    private async Task<bool> TryAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(_programs, tool), arguments))!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    /// <summary>Returns a command that runs as another user than root, whom these programs refuse.</summary>
    public static (string Program, string[] Arguments) AsPostgres(string program, string[] arguments) => Environment.IsPrivilegedProcess
        ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments])
        : (program, arguments);

    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var (error, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await error}{await output}");
    }

    private static string? Programs() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0)
            .Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
        : null;

    public static async Task<bool> Listens(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
