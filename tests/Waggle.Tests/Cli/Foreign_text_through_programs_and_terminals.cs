using System.Text.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>The corpus of foreign text through <c>waggle worker --exec</c>, the command line and the terminal.</summary>
public sealed class Foreign_text_through_programs_and_terminals(HubFixture hub)
{
    [Fact]
    public async Task A_program_may_report_and_return_any_of_it()
    {
        using var folder = new TempFolder();
        foreach (var (i, value) in ForeignTexts.Values.Index())
        {
            var text = value.Sent[0] is '"' ? value.Sent : "\"none\"";
            await File.WriteAllLinesAsync(folder.File($"{i}"), [$$"""{"progress":0.5,"message":{{text}}}""", .. Enumerable.Repeat("more than a pipe holds", 4000), $$"""{"result":{{value.Sent}}}"""]);
        }

        var ids = new List<string>();
        foreach (var (i, _) in ForeignTexts.Values.Index()) ids.Add(await hub.BeginShellAsync($"cat '{folder.File($"{i}")}'"));
        foreach (var (id, value) in ids.Zip(ForeignTexts.Values))
        {
            var task = await (await hub.ClientAsync()).WaitForCompletionAsync(id).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal((value.Name, TaskState.Completed, $$"""{"result":{{value.Read}}}"""), (value.Name, task.State, task.Result.ToString()));
        }
    }

    [Fact]
    public async Task A_program_gets_the_prompt_whole_or_not_at_all()
    {
        // The prompts are scripts for the shared shell worker. Here they are text, so a separate worker prints its input.
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await hub.StartAsync("worker", "--swarm", swarm, "--slots", "4", "--exec", "printf %s \"$WAGGLE_TASK_PROMPT\" | od -An -v -tx1 | tr -d ' \\n'");
        var client = await hub.ClientAsync();
        foreach (var value in ForeignTexts.Strings.Where(s => s.Text.Length <= 10_000))
        {
            var created = await client.CreateTaskAsync(new TaskSpec { Title = "t", Swarm = swarm, Input = Protocol.Json.RawJson.Parse($$"""{"prompt":{{value.Sent}}}""") });
            var task = await client.WaitForCompletionAsync(created.Id).WaitAsync(TimeSpan.FromSeconds(60));
            if (value.Text.Contains('\0', StringComparison.Ordinal))
            {
                // A variable ends at its first NUL, and a part of a prompt would be wrong.
                Assert.Equal((value.Name, "VARIABLE_TOO_LARGE"), (value.Name, task.Error?.Code));
                continue;
            }

            var got = System.Text.Encoding.UTF8.GetString(Convert.FromHexString(task.Result.ToElement().ToString()));
            Assert.Equal((value.Name, value.Text), (value.Name, got));
        }
    }

    [Fact]
    public async Task The_command_line_takes_it_and_nothing_of_it_acts_on_the_terminal()
    {
        foreach (var value in ForeignTexts.Strings.Where(s => s.Text.Length <= 500 && !s.Text.Contains('\0', StringComparison.Ordinal)))
        {
            var created = await hub.RunAsync("task", "create", "--json", "--input", value.Sent, "t");
            Assert.True(created.ExitCode == 0, $"{value.Name}: {created.Error}");
            var id = JsonDocument.Parse(created.Output).RootElement.GetProperty("id").GetString()!;
            var shown = await hub.RunAsync("task", "show", id);
            Harmless(value, shown.Output);
            var json = await hub.RunAsync("task", "show", id, "--json");
            Assert.Equal(value.Text, JsonDocument.Parse(json.Output).RootElement.GetProperty("spec").GetProperty("input").GetString());
        }
    }

    [Fact]
    public async Task A_result_that_is_waited_for_is_shown_without_acting()
    {
        var task = await hub.RunAsync("task", "create", "--wait", "--swarm", await ShellAsync(), "--input", """{"prompt":"printf '{\"a\":\"\\302\\233\\342\\200\\256x\",\\r\"b\":1}\\n'"}""", "t");
        Assert.Equal(0, task.ExitCode);
        Assert.Equal("{\"a\":\"\\u009B\\u202Ex\", \"b\":1}", task.Output.Trim());
    }

    [Theory]
    [InlineData("--lease-ms")]
    [InlineData("--priority")]
    [InlineData("--schedule-to-start-ms")]
    public async Task A_wrong_number_is_told_without_words_of_NET(string option)
    {
        var ended = await hub.RunAsync("task", "create", "t", option, "1.5");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("a whole number", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", ended.Error, StringComparison.Ordinal);
    }

    private async Task<string> ShellAsync()
    {
        await hub.ShellAsync("true");
        return "shell";
    }

    private static void Harmless(ForeignValue value, string output) =>
        Assert.True(!output.Any(c => c is not '\n' && Protocol.Json.PlainEncoder.Acts(c)), $"{value.Name}: {string.Join(' ', output.Where(Protocol.Json.PlainEncoder.Acts).Select(c => $"U+{(int)c:X4}"))}");
}
