using System.Diagnostics;
using Waggle.Shared;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle completion bash</c> in a real bash.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CompletionTests(HubFixture hub)
{
    [Theory]
    [InlineData("waggle sw", "swarm")]
    [InlineData("waggle agent dr", "drain")]
    [InlineData("waggle task list --sta", "--state")]
    [InlineData("waggle task list --state runn", "running")]
    [InlineData("waggle completion z", "zsh")]
    public async Task Commands_options_and_values_are_completed(string line, string expected) => Assert.Equal(expected, await CompleteAsync(line));

    [Fact]
    public async Task Ids_come_from_the_hub()
    {
        var swarm = await hub.NewSwarmAsync();
        await CompletedAsync("waggle swarm pause s", words => words.Split(' ').Contains(swarm));
    }

    [Fact]
    public async Task An_id_with_a_colon_is_completed_from_where_bash_cut_it()
    {
        await (await hub.ClientAsync()).CreateSwarmAsync("with a colon", "colon:one");
        await CompletedAsync("waggle swarm show colon:o", words => words == "one");
    }

    private async Task CompletedAsync(string line, Func<string, bool> fits)
    {
        var words = await CompleteAsync(line);
        Assert.True(fits(words), words);
    }

    [Theory]
    [InlineData("zsh", "compdef _waggle waggle")]
    [InlineData("fish", "complete -c waggle")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Other_shells_have_a_script_too(string shell, string part)
    {
        var ended = await CliProcess.RunAsync(null, "completion", shell);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(part, ended.Output, StringComparison.Ordinal);
    }

    private async Task<string> CompleteAsync(string line)
    {
        using var folder = new TempFolder();
        var script = (await CliProcess.RunAsync(null, "completion", "bash")).Output;
        await File.WriteAllTextAsync(folder.File("waggle"), $"#!/bin/sh\nexec dotnet {Path.Combine(AppContext.BaseDirectory, "waggle.dll")} \"$@\"\n");
        File.SetUnixFileMode(folder.File("waggle"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true };
        start.ArgumentList.Add("--norc");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{script}\nCOMP_LINE='{line}' COMP_POINT={line.Length} COMP_WORDS=({line})\n_waggle\necho \"${{COMPREPLY[*]}}\"");
        start.Environment["PATH"] = $"{folder.Root}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["WAGGLE_URL"] = await hub.UrlAsync();
        start.Environment[ConnectTimeout.Variable] = "90s";
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.Equal(0, bash.ExitCode);
        return output.Trim();
    }
}
