using Waggle.Protocol.Model;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>The real Codex, run by a real worker for tasks of a real hub. Only its model is the test's.</summary>
public sealed class CodexTests(HubFixture hub) : IAsyncLifetime
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
    public async Task A_task_is_completed_with_the_answer_and_its_tokens_have_no_cost()
    {
        await using var worker = await StartAsync();
        _model.Answer = (_, _) => ModelAnswer.Say("Forty-two.");
        var task = await worker.RunAsync("What is it?");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        Assert.Equal("Forty-two.", task.Result.ToElement().GetProperty("text").GetString());
        Assert.Contains("What is it?", _model.Requests.Last().ToString(), StringComparison.Ordinal);
        Assert.Equal(
            new Usage { Model = "test-model", InputTokens = 1000, CachedTokens = 300, OutputTokens = 50, ReasoningTokens = 20 },
            Assert.Single(task.Attempts!).Usage);
    }

    [Fact]
    public async Task The_session_is_stored_before_the_run_has_ended()
    {
        await using var worker = await StartAsync();
        _model.Answer = (_, number) => number == 0 ? ModelAnswer.Refuse(429, "rate_limit_exceeded", "too many") : ModelAnswer.Say("Done at last.");
        var task = await worker.CreateAsync("Remember the melon.", attempts: 2);
        await worker.Output.WaitAsync("RATE_LIMITED");
        Assert.Equal("codex", (await worker.Client.ShowTaskAsync(task)).Checkpoint.ToElement().GetProperty("agent").GetString());
    }

    private Task<CodingWorker> StartAsync() => CodingWorker.StartAsync(
        hub,
        "codex",
        CodingTools.FolderOf("codex"),
        _home,
        new Dictionary<string, string> { ["OPENAI_API_KEY"] = "sk-test", ["CODEX_HOME"] = Directory.CreateDirectory(_home.File("codex")).FullName },
        "--model",
        "test-model",
        "--agent-arg",
        "-c",
        "--agent-arg",
        "model_provider=\"test\"",
        "--agent-arg",
        "-c",
        "--agent-arg",
        $$"""model_providers.test={name="test",base_url="{{_model.Url}}/v1",env_key="OPENAI_API_KEY",wire_api="responses",request_max_retries=0,stream_max_retries=0}""");
}
