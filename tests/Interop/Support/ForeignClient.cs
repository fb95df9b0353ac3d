using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Waggle.TestKit;

namespace Waggle.Interop.Tests.Support;

/// <summary>
/// A client in another language, as its document prints it. A driver runs it and reports the calls of its handlers, one JSON object on each line.
/// </summary>
internal sealed class ForeignClient : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<JsonElement> _lines = new();
    private readonly ConcurrentQueue<string> _complaints = new();

    private ForeignClient(string program, IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is { Length: > 0 } line) _lines.Enqueue(JsonElement.Parse(line));
        };
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is { Length: > 0 } line) _complaints.Enqueue(line);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The lines so far.</summary>
    public IReadOnlyCollection<JsonElement> Lines => _lines;

    /// <summary>The client's error output.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    private static string Here => AppContext.BaseDirectory;

    /// <summary>Runs a client under Node, with ws in place of a browser's WebSocket.</summary>
    public static ForeignClient Node(string seed, Uri url, params IEnumerable<string> more)
    {
        var ws = Path.Combine(Root(), "artifacts", "interop", "node_modules", "ws");
        Require.Tool("node", "--version");
        Require.That(Directory.Exists(ws), "ws is not installed for Node: run tests/Interop/tools.");
        return new("node", [Path.Combine(Here, "drivers", $"{seed}.js"), Path.Combine(Here, "clients", seed), ws, url.ToString(), .. more]);
    }

    /// <summary>Runs a client in Debian's Chromium, with its own WebSocket.</summary>
    public static ForeignClient Chromium(string seed, Uri url)
    {
        var ws = Path.Combine(Root(), "artifacts", "interop", "node_modules", "ws");
        Require.Tool("node", "--version");
        Require.Tool("chromium", "--version");
        Require.That(Directory.Exists(ws), "ws is not installed for Node: run tests/Interop/tools.");
        return new("node", [Path.Combine(Here, "drivers", "chromium.js"), Path.Combine(Here, "clients", seed), ws, url.ToString(), seed]);
    }

    /// <summary>Runs a client under Debian's Python, with its python3-websocket.</summary>
    public static ForeignClient Python(string seed, Uri url, params IEnumerable<string> more)
    {
        const string python = "/usr/bin/python3";
        Require.Tool(python, "--version");
        Require.That(Directory.Exists("/usr/lib/python3/dist-packages/websocket"), "python3-websocket is not installed: run tests/Interop/tools.");
        return new(python, [Path.Combine(Here, "drivers", $"{seed}.py"), Path.Combine(Here, "clients", seed), url.ToString(), .. more]);
    }

    /// <summary>Runs npm's socket.io-client, which subscribes at each connect, from the position of its last event on.</summary>
    public static ForeignClient SocketIOInNode(Uri url, string transports, string categories, IEnumerable<string> events)
    {
        var module = Path.Combine(Root(), "artifacts", "interop", "node_modules", "socket.io-client");
        Require.Tool("node", "--version");
        Require.That(Directory.Exists(module), "socket.io-client is not installed for Node: run tests/Interop/tools.");
        return new("node", [Path.Combine(Here, "drivers", "socket_io.js"), module, url.ToString(), transports, categories, .. events]);
    }

    /// <summary>Runs Debian's python3-socketio in the same manner.</summary>
    public static ForeignClient SocketIOInPython(Uri url, string transports, string categories, IEnumerable<string> events)
    {
        const string python = "/usr/bin/python3";
        Require.Tool(python, "--version");
        Require.That(Directory.Exists("/usr/lib/python3/dist-packages/socketio"), "python3-socketio is not installed: run tests/Interop/tools.");
        return new(python, [Path.Combine(Here, "drivers", "socket_io.py"), url.ToString(), transports, categories, .. events]);
    }

    /// <summary>Sends a command of the client's user to the driver.</summary>
    public Task SayAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    public Task ReadyAsync() => Eventually.Async(() => _lines.Any(l => l.TryGetProperty("ready", out var ready) && ready.GetBoolean()), $"the client is connected; {string.Join(" ", _complaints)}");

    /// <summary>Returns the data of the first matching call of a handler.</summary>
    public async Task<JsonElement> HandledAsync(string handler, Func<JsonElement, bool>? where = null)
    {
        JsonElement? found = null;
        await Eventually.Async(
            () =>
            {
                found = _lines.Where(l => l.TryGetProperty("handler", out var name) && name.GetString() == handler).Select(l => l.GetProperty("data"))
                    .Where(d => where is null || where(d)).Select(d => (JsonElement?)d).FirstOrDefault();
                return found is not null;
            },
            $"{handler} with what was looked for; there were {string.Join(" ", _lines.Where(l => l.ToString().Contains(handler, StringComparison.Ordinal)))}; {string.Join(" ", _complaints)}");
        return found!.Value;
    }

    /// <summary>Ends the client's process at once.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        }
        finally
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Waggle.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Waggle.slnx above the tests.");
        return folder;
    }
}
