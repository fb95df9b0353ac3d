using System.Text.Json;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle task logs</c>.</summary>
public sealed class TaskLogsTests(HubFixture hub)
{
    [Fact]
    public async Task Every_line_is_printed_once_before_and_while_the_task_is_followed()
    {
        using var folder = new TempFolder();
        var id = await hub.BeginShellAsync($"echo first; until [ -e {folder.File("go")} ]; do sleep 0.05; done; echo now; echo then");
        await using var follow = await hub.StartAsync("task", "logs", id, "--follow", "--json");
        await follow.Output.WaitAsync("first");
        await File.WriteAllTextAsync(folder.File("go"), "");
        var ended = await follow.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(["first", "now", "then"], Lines(ended.Output));

        Assert.Equal(["now", "then"], Lines((await hub.RunAsync("task", "logs", id, "--json", "--limit", "2")).Output));
        var seq = JsonDocument.Parse(ended.Output.Split('\n')[0]).RootElement.GetProperty("seq").GetInt64();
        Assert.Equal(["now", "then"], Lines((await hub.RunAsync("task", "logs", id, "--json", "--after", $"{seq}", "--limit", "1")).Output));
        Assert.Matches("^\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d  shell  first\n", (await hub.RunAsync("task", "logs", id, "--attempt", "1")).Output);
        Assert.Equal("", (await hub.RunAsync("task", "logs", id, "--level", "error")).Output);
    }

    [Fact]
    public async Task Bad_input_is_told()
    {
        var absent = await hub.RunAsync("task", "logs", "t9-9");
        Assert.Equal(1, absent.ExitCode);
        Assert.StartsWith("waggle: There is no task 't9-9'.", absent.Error, StringComparison.Ordinal);
        var unknown = await hub.RunAsync("task", "logs", "t9-9", "--level", "loud");
        Assert.Contains("--level 'loud' is unknown; there are: trace, debug, info, warn, error.", unknown.Error, StringComparison.Ordinal);
    }

    private static string[] Lines(string output) => [.. output.Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("line").GetString()!)];
}
