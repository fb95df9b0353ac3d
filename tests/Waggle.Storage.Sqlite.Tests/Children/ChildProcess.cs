using System.Diagnostics;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Children;

/// <summary>This test program as another process. Killed, if it still runs, when disposed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static ChildProcess Start(string what, string folder)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, Child.Verb, what, folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException("The child did not start."));
    }

    /// <summary>Its next line; null at its end.</summary>
    public async Task<string?> ReadLineAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        return await _process.StandardOutput.ReadLineAsync(limit.Token);
    }

    /// <summary>kill -9. Returns the lines it had still written.</summary>
    public async Task<string[]> KillAsync()
    {
        _process.Kill();
        var rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return rest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
