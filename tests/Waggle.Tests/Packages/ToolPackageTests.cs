using System.Diagnostics;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Packages;

/// <summary>The command line as a dotnet tool, from a folder of packages.</summary>
public sealed class ToolPackageTests(PackageFeed feed) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_installed_from_a_folder_and_runs_a_hub()
    {
        await File.WriteAllTextAsync(_folder.File("nuget.config"), await feed.SourcesAsync());
        await PackageFeed.DotnetAsync(_folder.Root, null, "tool", "install", "Waggle", "--tool-path", "tools", "--configfile", "nuget.config");
        var start = new ProcessStartInfo(Path.Combine(_folder.Root, "tools", OperatingSystem.IsWindows() ? "waggle.exe" : "waggle"), ["serve", "--port", "0", "--data", _folder.File("data")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Root,
        };
        using var hub = Process.Start(start)!;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            var ready = await hub.StandardOutput.ReadLineAsync(patience.Token);
            Assert.True(ready?.StartsWith("ready http://127.0.0.1:", StringComparison.Ordinal) == true, ready ?? await hub.StandardError.ReadToEndAsync(patience.Token));
        }
        finally
        {
            hub.Kill(entireProcessTree: true);
            await hub.WaitForExitAsync();
        }
    }
}
