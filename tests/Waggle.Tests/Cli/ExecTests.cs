using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Cli;

/// <summary>The effect of a command's output and exit on its task.</summary>
public sealed class ExecTests(HubFixture hub)
{
    [Fact]
    public async Task The_last_line_is_the_result_if_it_is_a_JSON_object()
    {
        var task = await hub.ShellAsync("echo working; echo '{\"step\":1}'; echo '{\"answer\":42}'");
        Assert.Equal("{\"answer\":42}", task.Result.ToString());
        Assert.Equal(["working", "{\"step\":1}"], task.Attempts![0].LogTail);
    }

    [Fact]
    public async Task Any_other_output_is_the_result_as_a_whole()
    {
        var task = await hub.ShellAsync("echo '{\"not\":\"last\"}'; printf 'two words\\nand \"more\"\\n'");
        Assert.Equal("{\"not\":\"last\"}\ntwo words\nand \"more\"", task.Result.ToElement().GetString());
    }

    [Theory]
    [InlineData("true", "\"\"")]
    [InlineData("echo 42", "\"42\"")]
    [InlineData("echo The answer:; echo 42", "\"The answer:\\n42\"")]
    [InlineData("echo nothing found; echo '[]'", "\"nothing found\\n[]\"")]
    [InlineData("printf 'no newline'", "\"no newline\"")]
    [InlineData("echo '{\"a\":[1,2]}'; echo; echo '{\"progress\":1}'", "{\"a\":[1,2]}")]
    [InlineData("printf '\\377\\n'", "\"\uFFFD\"")]
    public async Task Little_output_makes_a_result_too(string script, string result) => Assert.Equal(result, (await hub.ShellAsync(script)).Result.ToString());

    [Fact]
    public async Task Progress_lines_are_progress_and_neither_log_nor_result()
    {
        var task = await hub.ShellAsync("echo '{\"progress\":0.25,\"message\":\"a quarter\"}'; echo '{\"progress\":7}'; echo done");
        Assert.Equal(0.25, task.Attempts![0].LastProgress);
        Assert.Equal(["{\"progress\":7}", "done"], task.Attempts[0].LogTail);
        Assert.Equal("{\"progress\":7}\ndone", task.Result.ToElement().GetString());
    }

    [Fact]
    public async Task Large_output_keeps_its_end_and_says_so()
    {
        var task = await hub.ShellAsync("i=0; while [ $i -lt 6000 ]; do echo \"line $i is a line with some more words, so that it adds up\"; i=$((i+1)); done; echo the end");
        var result = task.Result.ToElement();
        Assert.True(result.GetProperty("truncated").GetBoolean());
        Assert.InRange(result.GetProperty("bytes").GetInt64(), 300_000, 500_000);
        Assert.EndsWith("\nthe end", result.GetProperty("output").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_grows_when_it_is_written_as_JSON_still_fits_into_a_message()
    {
        var task = await hub.ShellAsync("head -c 400000 /dev/zero | tr '\\0' '\\001'");
        Assert.Equal(TaskState.Completed, task.State);
        Assert.Equal(400_000, task.Result.ToElement().GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task An_exit_code_fails_the_attempt_with_the_last_lines_of_standard_error()
    {
        var task = await hub.ShellAsync("echo '{\"half\":true}'; echo first >&2; echo 'no such model' >&2; exit 3");
        Assert.Equal(TaskState.Failed, task.State);
        Assert.Equal(new TaskError("EXIT_3", "first\nno such model"), task.Error);
        Assert.Contains("stderr: no such model", task.Attempts![0].LogTail!);
        Assert.Contains("{\"half\":true}", task.Attempts[0].LogTail!);
    }

    [Theory]
    [InlineData("exit 75", "EXIT_75", 2)]
    [InlineData("exit 1", "EXIT_1", 2)]
    [InlineData("exit 64", "EXIT_64", 1)]
    [InlineData("exit 65", "EXIT_65", 1)]
    [InlineData("no-such-command-anywhere", "EXIT_127", 1)]
    [InlineData("exit 126", "EXIT_126", 1)]
    [InlineData("kill -9 $$", "SIGNAL_9", 2)]
    public async Task Some_ends_are_worth_another_attempt_and_some_are_not(string script, string code, int attempts)
    {
        var task = await hub.ShellAsync(script, spec => spec with { MaxAttempts = 2 });
        Assert.Equal(code, task.Error!.Code);
        Assert.Equal(attempts, task.Attempts!.Count);
    }

    [Fact]
    public async Task The_task_comes_on_standard_input_and_in_variables()
    {
        const string Script = "read -r line; printf '%s\\n' \"$line\"; env | grep -E '^WAGGLE_(TASK_|URL|TOKEN)' | grep -v PROMPT | grep -v INPUT | grep -v _FILE= | sort";
        var task = await hub.ShellAsync(Script, spec => spec with { Title = "Ä title", Type = "text", Metadata = new Dictionary<string, string> { ["k"] = "v" } });
        var lines = task.Result.ToElement().GetString()!.Split('\n');
        var told = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(task.Id, told.GetProperty("id").GetString());
        Assert.Equal(task.Id, told.GetProperty("idempotency_key").GetString());
        Assert.Equal(Script, told.GetProperty("input").GetProperty("prompt").GetString());
        Assert.Equal("v", told.GetProperty("metadata").GetProperty("k").GetString());
        Assert.Equal(
            [
                "WAGGLE_TASK_ATTEMPT=1", $"WAGGLE_TASK_ID={task.Id}", $"WAGGLE_TASK_IDEMPOTENCY_KEY={task.Id}", "WAGGLE_TASK_SWARM=shell", "WAGGLE_TASK_TITLE=Ä title",
                "WAGGLE_TASK_TYPE=text", $"WAGGLE_URL={await hub.UrlAsync()}",
            ],
            lines[1..].OrderBy(l => l.Split('=')[0], StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_string_as_input_is_the_prompt()
    {
        var task = await hub.ShellAsync("", spec => spec with { Input = RawJson.Parse("\"echo \\\"$WAGGLE_TASK_INPUT\\\" is it\"") });
        Assert.Equal("\"echo \\\"$WAGGLE_TASK_INPUT\\\" is it\" is it", task.Result.ToElement().GetString());
    }

    [Fact]
    public async Task A_command_that_reads_a_variable_which_cannot_hold_the_prompt_fails_and_does_not_see_an_empty_one()
    {
        var task = await hub.ShellAsync($"echo {new string('x', 70_000)}", spec => spec with { MaxAttempts = 3 });
        Assert.Equal("VARIABLE_TOO_LARGE", task.Error!.Code);
        Assert.Contains("$WAGGLE_TASK_PROMPT_FILE", task.Error.Message, StringComparison.Ordinal);
        Assert.Single(task.Attempts!);
        Assert.Equal("VARIABLE_TOO_LARGE", (await hub.ShellAsync("echo a\0b")).Error!.Code);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public async Task A_prompt_of_any_length_is_in_a_file_and_on_standard_input(int length)
    {
        var prompt = "é\0" + new string('x', length);
        var task = await RunAsync(prompt, "wc -c < \"$WAGGLE_TASK_PROMPT_FILE\"; wc -c < \"$WAGGLE_TASK_INPUT_FILE\"; wc -c; echo \"$WAGGLE_TASK_PROMPT_FILE\"");
        var lines = task.Result.ToElement().GetString()!.Split('\n');
        Assert.Equal(length + 3, int.Parse(lines[0]));
        Assert.InRange(int.Parse(lines[1]), length + 10, length + 40);
        Assert.InRange(int.Parse(lines[2]), length + 100, length + 500);
        Assert.False(File.Exists(lines[3]));
    }

    [Theory]
    [InlineData("text", "echo '{\"a\":1}'", "\"{\\\"a\\\":1}\"")]
    [InlineData("last-json", "echo text; echo 42", "42")]
    [InlineData("last-json", "echo text; echo '[]'; echo", "[]")]
    [InlineData("json", "printf '{\\n  \"a b\": [1.50, \"c  \\\\\"d\"]\\n}\\n'", "{\"a b\":[1.50,\"c  \\\"d\"]}")]
    [InlineData("json", "echo 7", "7")]
    public async Task The_result_is_what_was_asked_for(string form, string script, string result) =>
        Assert.Equal(result, (await RunAsync("", script, "--result", form)).Result.ToString());

    [Theory]
    [InlineData("json", "echo text")]
    [InlineData("json", "echo 1; echo 2")]
    [InlineData("last-json", "echo 42; echo text")]
    [InlineData("last-json", "true")]
    public async Task Output_that_is_not_what_was_asked_for_fails_the_attempt(string form, string script) =>
        Assert.Equal("RESULT_NOT_JSON", (await RunAsync("", script, "--result", form)).Error!.Code);

    [Fact]
    public async Task The_token_is_handed_over_only_when_asked()
    {
        const string Say = "echo \"<$WAGGLE_TOKEN>\"";
        Assert.Equal("<>", (await RunAsync("", Say, "--token", "secret")).Result.ToElement().GetString());
        Assert.Equal("<secret>", (await RunAsync("", Say, "--token", "secret", "--pass-token")).Result.ToElement().GetString());
    }

    /// <summary>Runs one task with a separate worker.</summary>
    private async Task<TaskView> RunAsync(string prompt, string script, params string[] more)
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await hub.StartAsync(["worker", "--swarm", swarm, "--exec", script, .. more]);
        var client = await hub.ClientAsync();
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "t", Swarm = swarm, MaxAttempts = 1, Input = RawJson.Parse(JsonSerializer.Serialize(new { prompt })) });
        return await client.WaitForCompletionAsync(task.Id).WaitAsync(TimeSpan.FromSeconds(40));
    }
}
