using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Waggle.Chaos.Tests;

/// <summary>The processes of the kill test.</summary>
internal sealed class Actor : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _errors = [];

    private Actor(string name, Process process)
    {
        Name = name;
        _process = process;
        Exited = process.WaitForExitAsync();
    }

    public string Name { get; }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool HasExited => Exited.IsCompleted;

    public Task Exited { get; }

    public bool KilledFromOutside { get; private set; }

    public string Errors
    {
        get
        {
            lock (_errors) return string.Join('\n', _errors.TakeLast(20));
        }
    }

    /// <summary>The real <c>waggle serve</c>.</summary>
    public static Task<Actor> HubAsync(string data, int port, params string[] more) =>
        StartAsync("hub", "waggle.dll", ["serve", "--port", $"{port}", "--no-compat-ports", "--data", data, .. more]);

    /// <summary>Starts the same hub, which is killed at a place in a commit.</summary>
    public static Task<Actor> KillingHubAsync(string data, int port, string kill, int seed) =>
        StartAsync($"hub ({kill})", "Waggle.Chaos.Actors.dll", ["hub", data, $"{port}", kill, $"{seed}"]);

    public static Task<Actor> WorkerAsync(int port, string name, string journal) =>
        StartAsync(name, "Waggle.Chaos.Actors.dll", ["worker", $"http://127.0.0.1:{port}", name, journal], waitReady: false);

    /// <summary>Kills the process with SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (!HasExited) KilledFromOutside = true;
        _process.Kill();
        await Exited;
    }

    // The process object stays, because its keeper and its killer both read it.
    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>Returns a free port outside the kernel's ephemeral range, so that the hub finds it free again after each kill.</summary>
    public static int FreePort(Random dice)
    {
        while (true)
        {
            var port = dice.Next(20_000, 30_000);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program has the port; the next one follows.
            }
        }
    }

    private static async Task<Actor> StartAsync(string name, string dll, string[] arguments, bool waitReady = true)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, dll));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var actor = new Actor(name, Process.Start(start)!);
        actor._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            lock (actor._errors) actor._errors.Add(line.Data);
        };
        actor._process.BeginErrorReadLine();
        if (!waitReady) return actor;

        // A kill before the hub is ready counts like any other.
        while (await actor._process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready", StringComparison.Ordinal)) return actor;
        }

        await actor.Exited;
        return actor;
    }
}
