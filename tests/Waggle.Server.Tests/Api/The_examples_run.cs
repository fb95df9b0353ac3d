using System.Diagnostics;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class The_examples_run
{
    [Fact]
    public async Task Of_the_page_about_rest()
    {
        if (OperatingSystem.IsWindows() || !HasCurl()) Assert.Skip("needs sh and curl");
        await using var hub = await RestHub.StartAsync();
        var script = string.Join('\n', Examples(await File.ReadAllTextAsync(Page())));

        // The stream is cut by its time limit, which is the one failure that is no failure (28). A busy machine needs more time than a reader of the page.
        script = "check() { curl \"$@\" || test $? = 28 || exit 1; echo; }\n" + script
            .Replace("\ncurl ", "\ncheck ", StringComparison.Ordinal)
            .Replace("--max-time 1 ", "--max-time 10 ", StringComparison.Ordinal);
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HUB"] = hub.Server.Url.ToString().TrimEnd('/');
        using var shell = Process.Start(start)!;
        var said = shell.StandardOutput.ReadToEndAsync();
        var wrong = shell.StandardError.ReadToEndAsync();
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        var text = await Eventually.Get(said);
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, text + await wrong);
        Assert.Contains("event: record", text, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"completed\"", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Examples(string page) => page.Split("```sh\n").Skip(1).Select(e => "\n" + e[..e.IndexOf("```", StringComparison.Ordinal)]);

    private static bool HasCurl() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "curl")));

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Waggle.slnx"))) folder = folder.Parent!;
        return Path.Combine(folder.FullName, "docs", "rest.md");
    }
}
