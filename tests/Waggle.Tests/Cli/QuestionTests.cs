using System.Text.Json;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle question …</c> and the questions of <c>waggle worker --exec</c>, against a hub of its own process.</summary>
public sealed class QuestionTests(HubFixture hub)
{
    private const string Ask = """
        if [ -z "$WAGGLE_TASK_ANSWER" ]; then
          printf '{"text":"Release it?","choices":["yes","no"]}' > "$WAGGLE_TASK_QUESTION_FILE"
          printf '{"built":true}' > "$WAGGLE_TASK_CHECKPOINT_FILE"
          exit 0
        fi
        echo "$WAGGLE_TASK_ANSWER $WAGGLE_TASK_CHECKPOINT $WAGGLE_TASK_ATTEMPT"
        """;

    [Fact]
    public async Task A_program_asks_by_a_file_and_runs_again_with_the_answer_from_another_terminal()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = CliProcess.Start(await hub.UrlAsync(), ["worker", "--exec", Ask, "--swarm", swarm, "--name", $"{swarm}-1"]);
        await worker.Output.WaitAsync("connected");
        var task = (await hub.RunAsync("task", "create", "Release", "--swarm", swarm, "--json")).Json.GetProperty("id").GetString()!;
        var question = await OpenAsync(swarm);

        Assert.Matches($"(?m)^{question} +{task} +open +{swarm}-1 .* yes, no +Release it\\?", (await hub.RunAsync("question", "list", "--swarm", swarm)).Output);
        Assert.Matches("(?m)^state: +input_required$", (await hub.RunAsync("task", "show", task)).Output);
        Assert.Matches($"(?m)^waiting for: +an answer to question {question}$", (await hub.RunAsync("task", "show", task)).Output);
        var wrong = await hub.RunAsync("question", "answer", question, "perhaps");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("answer is one of: yes, no.", wrong.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^state: +answered$", (await hub.RunAsync("question", "answer", question, "yes")).Output);
        await Eventually.Async(async () => (await TaskAsync(task)).GetProperty("state").GetString() == "completed", "the second attempt");

        Assert.Contains("yes {\"built\":true} 2", (await TaskAsync(task)).GetProperty("result").ToString(), StringComparison.Ordinal);
        Assert.Contains("QUESTION_CLOSED", (await hub.RunAsync("question", "answer", question, "no")).Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^answer: +\"yes\"$", (await hub.RunAsync("question", "show", question)).Output);
        Assert.Empty((await hub.RunAsync("question", "list", "--swarm", swarm, "--json")).Json.GetProperty("questions").EnumerateArray());
        Assert.Single((await hub.RunAsync("question", "list", "--swarm", swarm, "--all", "--json")).Json.GetProperty("questions").EnumerateArray());
    }

    [Fact]
    public async Task A_question_that_no_hub_understands_fails_the_attempt()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = CliProcess.Start(
            await hub.UrlAsync(), ["worker", "--exec", "echo '{\"text\":' > \"$WAGGLE_TASK_QUESTION_FILE\"", "--swarm", swarm, "--name", $"{swarm}-1"]);
        await worker.Output.WaitAsync("connected");
        var task = (await hub.RunAsync("task", "create", "Release", "--swarm", swarm, "--max-attempts", "1", "--json")).Json.GetProperty("id").GetString()!;
        await Eventually.Async(async () => (await TaskAsync(task)).GetProperty("state").GetString() == "failed", "the failure");
        Assert.Equal("QUESTION_FAULT", (await TaskAsync(task)).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_question_that_the_hub_refuses_is_printed_as_a_failure()
    {
        const string WithoutChoices = "printf '{\"text\":\"Release it?\",\"choices\":[]}' > \"$WAGGLE_TASK_QUESTION_FILE\"";
        var swarm = await hub.NewSwarmAsync();
        await using var worker = CliProcess.Start(
            await hub.UrlAsync(), ["worker", "--exec", WithoutChoices, "--swarm", swarm, "--name", $"{swarm}-1"]);
        await worker.Output.WaitAsync("connected");
        var task = (await hub.RunAsync("task", "create", "Release", "--swarm", swarm, "--json")).Json.GetProperty("id").GetString()!;
        await worker.Output.WaitAsync($"failed {task}");
        Assert.Equal("QUESTION_REJECTED", (await TaskAsync(task)).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_answer_is_given_once_as_text_or_as_json()
    {
        Assert.Equal(2, (await hub.RunAsync("question", "answer", "q1")).ExitCode);
        Assert.Equal(2, (await hub.RunAsync("question", "answer", "q1", "yes", "--json-answer", "1")).ExitCode);
        Assert.Equal(2, (await hub.RunAsync("question", "answer", "q1", "--json-answer", "{")).ExitCode);
        Assert.Contains("NOT_FOUND", (await hub.RunAsync("question", "answer", "q99999", "yes")).Error, StringComparison.Ordinal);
        Assert.Equal(1, (await hub.RunAsync("question", "show", "q99999")).ExitCode);
    }

    private async Task<string> OpenAsync(string swarm)
    {
        string? id = null;
        await Eventually.Async(
            async () =>
            {
                var listed = (await hub.RunAsync("question", "list", "--swarm", swarm, "--json")).Json.GetProperty("questions");
                id = listed.GetArrayLength() == 1 ? listed[0].GetProperty("id").GetString() : null;
                return id is not null;
            },
            "the question");
        return id!;
    }

    private async Task<JsonElement> TaskAsync(string id) => (await hub.RunAsync("task", "show", id, "--json")).Json;
}
