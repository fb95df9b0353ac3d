using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Cli;

/// <summary>What becomes of a command's output and end.</summary>
public sealed class ExecTests(HubFixture hub)
{
    [Fact]
    public async Task The_last_line_is_the_result_if_it_is_JSON()
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
    [InlineData("echo 42", "42")]
    [InlineData("printf 'no newline'", "\"no newline\"")]
    [InlineData("echo '[1,2]'; echo; echo '{\"progress\":1}'", "[1,2]")]
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
        const string Script = "read -r line; printf '%s\\n' \"$line\"; env | grep -E '^WAGGLE_(TASK_|URL)' | grep -v PROMPT | grep -v INPUT | sort";
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
    public async Task Large_input_comes_on_standard_input_only()
    {
        // The prompt runs what it reads from the input: without a variable there is none, so nothing runs and nothing is said.
        var task = await hub.ShellAsync($"echo {new string('x', 70_000)}");
        Assert.Equal("", task.Result.ToElement().GetString());
    }
}
