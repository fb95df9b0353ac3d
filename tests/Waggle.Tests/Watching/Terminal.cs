using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Watching;

/// <summary>Runs the built <c>waggle</c> in a real pseudo-terminal, which Python creates.</summary>
internal sealed partial class Terminal : IAsyncDisposable
{
    public const string Alternate = "\e[?1049h";
    public const string Back = "\e[?1049l";

    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private readonly Task _reading;

    private Terminal(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>All output to the terminal so far.</summary>
    public string Written
    {
        get
        {
            lock (_screen) return _screen.ToString();
        }
    }

    public static Terminal Start(string url, int columns, int rows, params string[] arguments)
    {
        Require.Tool("python3", "--version");
        var script = Path.Combine(AppContext.BaseDirectory, "Watching", "terminal.py");
        var start = new ProcessStartInfo("python3", [script, $"{columns}", $"{rows}", "dotnet", Path.Combine(AppContext.BaseDirectory, "waggle.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["WAGGLE_URL"] = url;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["XDG_CONFIG_HOME"] = "/nowhere";
        return new Terminal(Process.Start(start)!);
    }

    public Task KeysAsync(string keys) => SteerAsync($"keys {keys}");

    /// <summary>Closes the terminal as its window would: the command gets SIGHUP, and every later write of it fails.</summary>
    public Task CloseAsync() => SteerAsync("close");

    public Task ResizeAsync(int columns, int rows) => SteerAsync($"size {columns} {rows}");

    /// <summary>Returns the lines of the newest complete frame.</summary>
    public string[] Frame()
    {
        var frames = Written.Split("\e[H");
        return frames.Length < 3 ? [] : [.. frames[^2].Split('\n').Select(line => Sequence().Replace(line, "").TrimEnd('\r'))];
    }

    public Task ShowsAsync(Func<string[], bool> fits, string what) => Pids.UntilAsync(() => fits(Frame()), $"the terminal did not show {what}; it showed:\n{string.Join('\n', Frame())}");

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex("\e\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Sequence();

    private async Task SteerAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    private async Task ReadAsync()
    {
        var part = new char[4096];
        for (int read; (read = await _process.StandardOutput.ReadAsync(part)) > 0;)
        {
            lock (_screen) _screen.Append(part, 0, read);
        }
    }
}
