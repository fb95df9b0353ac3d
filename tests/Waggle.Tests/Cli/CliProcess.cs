using System.Diagnostics;
using System.Text.Json;
using Waggle.Shared;

namespace Waggle.Tests.Cli;

internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>Runs the built <c>waggle</c> as a process.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>SIGCONT and SIGSTOP, as Linux numbers them.</summary>
    public const int Continue = 18;
    public const int Stop = 19;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task _reading;

    private CliProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(Output.ReadAsync(process.StandardOutput), Error.ReadAsync(process.StandardError));
    }

    public SeenLines Output { get; } = new();

    public SeenLines Error { get; } = new();

    public int Id => _process.Id;

    public static CliProcess Start(string? url, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? variables = null, string? folder = null, string program = "waggle.dll")
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // The processes live for a moment, so profiles cost more than they gain.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment.Remove("WAGGLE_URL");
        start.Environment.Remove("WAGGLE_TOKEN");
        // The tests must not read the configuration of the user who runs them.
        start.Environment["XDG_CONFIG_HOME"] = "/nowhere";
        start.Environment[ConnectTimeout.Variable] = "90s";
        if (url is not null) start.Environment["WAGGLE_URL"] = url;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        return new CliProcess(process);
    }

    public static async Task<CliResult> RunAsync(string? url, params string[] arguments)
    {
        await using var process = Start(url, arguments);
        return await process.EndAsync();
    }

    public void Signal(int signal) => Assert.Equal(0, Libc.kill(_process.Id, signal));

    public void Kill() => _process.Kill();

    public async Task<CliResult> EndAsync()
    {
        using var enough = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(enough.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"waggle did not end. It said:\n{Output.Text}\n{Error.Text}");
        }

        await _reading;
        return new CliResult(_process.ExitCode, Output.Text, Error.Text);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }
}
