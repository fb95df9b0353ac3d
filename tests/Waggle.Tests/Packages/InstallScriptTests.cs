using System.Diagnostics;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Packages;

/// <summary><c>eng/install</c> with the program of this build.</summary>
public sealed class InstallScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Program => _folder.File("bin/waggle");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_puts_the_program_where_it_runs_from_any_folder_and_replaces_it_when_run_again()
    {
        for (var run = 1; run <= 2; run++)
        {
            var (code, said) = await RunAsync(Path.Combine(Checkout.Root, "eng", "install"), _folder.Root);
            Assert.True(code == 0, said);
            Assert.StartsWith($"{Program}: ", said, StringComparison.Ordinal);
            Assert.Equal(0, (await RunAsync(Program, "task", "--help")).Code);
        }

        Assert.Equal(["waggle"], Directory.GetFileSystemEntries(_folder.File("lib")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_somebody_else_put_there_is_left_alone()
    {
        Directory.CreateDirectory(_folder.File("lib/waggle"));
        await File.WriteAllTextAsync(_folder.File("lib/waggle/mine"), "mine");
        var (code, said) = await RunAsync(Path.Combine(Checkout.Root, "eng", "install"), _folder.Root);
        Assert.Equal(1, code);
        Assert.Contains("is something else", said, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder.File("lib/waggle/mine")));
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["PUBLISHED"] = Path.Combine(Checkout.Root, "artifacts", "bin", "Waggle", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
