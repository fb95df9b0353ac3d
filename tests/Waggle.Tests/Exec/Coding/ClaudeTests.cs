using System.Text.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>The real Claude Code, run by a real worker for tasks of a real hub. Only its model is the test's.</summary>
public sealed class ClaudeTests(HubFixture hub) : IAsyncLifetime
{
    private readonly TempFolder _home = new();
    private ModelServer _model = null!;

    public async ValueTask InitializeAsync() => _model = await ModelServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_task_is_completed_with_the_answer_its_tokens_and_their_cost()
    {
        await using var worker = await StartAsync();
        _model.Answer = (_, _) => ModelAnswer.Say("Forty-two.");
        var task = await worker.RunAsync("What is it?");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        var result = task.Result.ToElement();
        Assert.Equal("Forty-two.", result.GetProperty("text").GetString());
        Assert.Equal("claude", result.GetProperty("agent").GetString());
        Assert.Contains("What is it?", LastMessages(), StringComparison.Ordinal);
        var usage = Assert.Single(task.Attempts!).Usage!;
        Assert.Equal((1500, 50, 300), (usage.InputTokens, usage.OutputTokens, usage.CachedTokens));
        // Its price list has the cost of its own models.
        Assert.True(usage.CostUsd > 0);
    }

    [Fact]
    public async Task A_request_for_permission_is_a_question_and_yes_permits_it()
    {
        await using var worker = await StartAsync();
        _model.Answer = (request, _) => Uses(request, "Bash", """{"command":"touch made.txt","description":"make"}""");
        var task = await worker.CreateAsync("Make it.");
        var question = await worker.QuestionAsync();
        Assert.StartsWith("May the agent use Bash? {\"command\":\"touch made.txt\"", question.Text, StringComparison.Ordinal);
        Assert.Equal("\"no\"", question.Default.ToString());
        Assert.False(File.Exists(_home.File("made.txt")));
        await worker.Client.Questions.AnswerAsync(question.Id, "yes");
        var ended = await worker.EndOfAsync(task);
        Assert.True(ended.State == TaskState.Completed, ended.Error?.ToString());
        Assert.True(File.Exists(_home.File("made.txt")));
    }

    [Fact]
    public async Task No_answer_in_time_is_no_and_a_task_that_was_denied_something_has_failed()
    {
        await using var worker = await StartAsync("--approval-timeout", "1s");
        _model.Answer = (request, _) => Uses(request, "Bash", """{"command":"touch made.txt","description":"make"}""");
        var task = await worker.RunAsync("Make it.", attempts: 3);
        Assert.Equal("PERMISSION_DENIED", task.Error!.Code);
        Assert.Contains("Bash", task.Error.Message, StringComparison.Ordinal);
        Assert.Single(task.Attempts!);
        Assert.False(File.Exists(_home.File("made.txt")));
    }

    [Fact]
    public async Task Without_time_for_an_answer_nobody_is_asked_and_denials_may_be_allowed()
    {
        await using var worker = await StartAsync("--approval-timeout", "0s", "--allow-denials");
        _model.Answer = (request, _) => Uses(request, "Write", JsonSerializer.Serialize(new { file_path = _home.File("made.txt"), content = "x" }));
        var task = await worker.RunAsync("Make it.");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        Assert.Equal(["Write"], task.Result.ToElement().GetProperty("denials").EnumerateArray().Select(d => d.GetString()));
        Assert.False(File.Exists(_home.File("made.txt")));
    }

    [Fact]
    public async Task The_right_to_edit_asks_nobody_for_a_file_of_its_folder()
    {
        await using var worker = await StartAsync("--rights", "edit");
        _model.Answer = (request, _) => Uses(request, "Write", JsonSerializer.Serialize(new { file_path = _home.File("made.txt"), content = "x" }));
        var task = await worker.RunAsync("Make it.");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        Assert.Equal("x", await File.ReadAllTextAsync(_home.File("made.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_refused_request_fails_the_task_for_good()
    {
        await using var worker = await StartAsync();
        _model.Answer = (_, _) => ModelAnswer.Refuse(400, "invalid_request_error", "no such thing");
        var task = await worker.RunAsync("Do it.", attempts: 3);
        Assert.Equal(new TaskError("API_400", "API Error: 400 no such thing"), task.Error);
        Assert.Single(task.Attempts!);
    }

    [Fact]
    public async Task After_a_rate_limit_the_task_waits_and_the_agent_takes_no_work_and_shows_until_when()
    {
        await using var worker = await StartAsync();
        _model.Answer = (_, _) => ModelAnswer.Refuse(429, "rate_limit_error", "too many");
        var task = await worker.CreateAsync("Do it.", attempts: 2);
        await worker.Output.WaitAsync("RATE_LIMITED");
        await Eventually.Async(async () => (await worker.Client.ShowAgentAsync(worker.Agent)).Slots == 0, "no slots");
        await Eventually.Async(
            async () => (await worker.Client.ShowAgentReportsAsync(worker.Agent)).Health?.Message?.StartsWith("rate_limited until 20", StringComparison.Ordinal) == true,
            "the health of the agent");
        var waiting = (await worker.Client.ShowTaskAsync(task))!;
        Assert.Equal(TaskState.RetryWait, waiting.State);
        Assert.Equal("RATE_LIMITED", waiting.Attempts![0].Error!.Code);
    }

    [Fact]
    public async Task A_retry_resumes_the_session()
    {
        await using var worker = await StartAsync();
        _model.Answer = (_, number) => number == 0 ? ModelAnswer.Refuse(529, "overloaded_error", "busy") : ModelAnswer.Say("Done at last.");
        var task = await worker.RunAsync("Remember the melon.", attempts: 2);
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        Assert.Equal("API_529", task.Attempts![0].Error!.Code);
        Assert.Contains("The last run ended before it completed this task. Continue it.", LastMessages(), StringComparison.Ordinal);
        Assert.Equal(3, LastMessages().Split("Remember the melon.").Length);
    }

    [Fact]
    public async Task The_agent_does_not_see_the_variables_of_other_programs()
    {
        await using var worker = await StartAsync("--agent-arg", "--allowedTools", "--agent-arg", "Bash(env:*)");
        _model.Answer = (request, _) => Uses(request, "Bash", """{"command":"env","description":"look"}""");
        var task = await worker.RunAsync("Look.");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        var seen = LastMessages();
        Assert.Contains("WAGGLE_TASK_ID=", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("OTHER_SECRET", seen, StringComparison.Ordinal);
    }

    /// <summary>Uses the tool once and then says that it is done.</summary>
    private static ModelAnswer Uses(JsonElement request, string tool, string input) =>
        request.GetProperty("messages").ToString().Contains("tool_result", StringComparison.Ordinal) ? ModelAnswer.Say("All done.") : ModelAnswer.Use(tool, input);

    private string LastMessages() => _model.Requests.Last().GetProperty("messages").ToString();

    private Task<CodingWorker> StartAsync(params string[] arguments) => CodingWorker.StartAsync(
        hub,
        "claude",
        CodingTools.FolderOf("claude"),
        _home,
        new Dictionary<string, string>
        {
            ["ANTHROPIC_API_KEY"] = "sk-ant-test",
            ["ANTHROPIC_BASE_URL"] = _model.Url,
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["CLAUDE_CODE_MAX_RETRIES"] = "0",
            ["OTHER_SECRET"] = "hidden",
        },
        arguments);
}
