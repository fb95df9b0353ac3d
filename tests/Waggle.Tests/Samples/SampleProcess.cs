using System.Diagnostics;
using System.Text.Json;
using Waggle.TestKit;
using Waggle.Tests.Cli;
using Waggle.Tests.Packages;

namespace Waggle.Tests.Samples;

/// <summary>Runs a program of the folder <c>samples</c> as its user starts it.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    private SampleProcess(string program, IEnumerable<string> arguments, string? hub, string? folder)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        start.Environment.Remove("WAGGLE_TOKEN");
        start.Environment["WAGGLE_URL"] = hub;
        Output = new SeenLines(() => Error.Text);
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(Output.ReadAsync(_process.StandardOutput), Error.ReadAsync(_process.StandardError));
    }

    public SeenLines Output { get; }

    public SeenLines Error { get; } = new();

    /// <summary>Starts one of the projects, as this build compiled it.</summary>
    public static SampleProcess Project(string name, string? hub, string? folder = null, params IEnumerable<string> arguments) =>
        new("dotnet", [Path.Combine(Checkout.Root, "artifacts", "bin", name, PackageFeed.Configuration, $"{name}.dll"), .. arguments], hub, folder);

    /// <summary>Starts the Python worker with Debian's Python, whose packages <c>tests/Interop/tools</c> installs.</summary>
    /// <param name="handler">Lines of Python that replace the printed handler of the sample.</param>
    public static SampleProcess Python(string hub, string? handler = null)
    {
        Require.Tool("/usr/bin/python3", "--version");
        Require.That(Directory.Exists("/usr/lib/python3/dist-packages/websocket"), "python3-websocket is not installed: run tests/Interop/tools.");
        var folder = Path.Combine(Checkout.Root, "samples", "python");
        return new(
            "/usr/bin/python3",
            handler is null ? [Path.Combine(folder, "worker.py")] : ["-B", "-c", $"import os, sys\nsys.path.insert(0, {JsonSerializer.Serialize(folder)})\nimport worker\n{handler}\nworker.handle = handle\nworker.Worker(os.environ['WAGGLE_URL']).run()"],
            hub,
            null);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }
}
