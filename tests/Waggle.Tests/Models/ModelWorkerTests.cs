using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;
using Waggle.Tests.Exec.Coding;

namespace Waggle.Tests.Models;

/// <summary>Real workers with the real libraries of three providers, on tasks of a real hub. Only the model is the test's.</summary>
public sealed class ModelWorkerTests(HubFixture hub) : IAsyncLifetime
{
    private const string Key = "sk-test-8f14e45fceea167a5a36dedd4bea2543";

    private readonly TempFolder _home = new();
    private ProviderServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ProviderServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData("openai", 300, 20)]
    [InlineData("anthropic", 300, null)]
    [InlineData("ollama", null, null)]
    public async Task A_task_is_completed_with_the_answer_and_its_tokens(string provider, int? cached, int? reasoning)
    {
        await using var worker = await StartAsync(provider);
        _server.Answer = (_, _) => ProviderAnswer.Say("Forty-two.");
        var task = await worker.RunAsync("What is it?");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        var result = task.Result.ToElement();
        Assert.Equal(("Forty-two.", provider), (result.GetProperty("text").GetString(), result.GetProperty("agent").GetString()));
        Assert.Contains("What is it?", Assert.Single(_server.Requests).GetProperty("messages").ToString(), StringComparison.Ordinal);
        Assert.Equal(
            new Usage { Model = "test-model", InputTokens = 1000, CachedTokens = cached, OutputTokens = 50, ReasoningTokens = reasoning },
            Assert.Single(task.Attempts!).Usage);
        if (provider != "ollama") Assert.Contains(Key, _server.Keys.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task The_model_uses_a_tool_of_an_MCP_server_and_reads_its_answer(string provider)
    {
        await using var worker = await StartAsync(provider, "--mcp", await ProgramAsync());
        _server.Answer = (_, number) => number == 0 ? ProviderAnswer.Call("hub__swarm_status", "{}") : ProviderAnswer.Say("One agent.");
        var task = await worker.RunAsync("Who is here?");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        Assert.Equal(2, task.Result.ToElement().GetProperty("turns").GetInt32());
        Assert.Contains("hub__task_create", _server.Requests.First().GetProperty("tools").ToString(), StringComparison.Ordinal);
        Assert.Contains(worker.Swarm, _server.Requests.Last().GetProperty("messages").ToString(), StringComparison.Ordinal);
        var usage = Assert.Single(task.Attempts!).Usage!;
        Assert.Equal((2000, 100), (usage.InputTokens, usage.OutputTokens));
    }

    [Theory]
    [InlineData("yes", TaskState.Completed)]
    [InlineData("no", TaskState.Failed)]
    public async Task A_tool_that_changes_something_is_a_question_first(string answer, TaskState state)
    {
        await using var worker = await StartAsync("openai", "--mcp", await AddressAsync());
        var key = $"note-{worker.Swarm}";
        _server.Answer = (_, number) => number == 0
            ? ProviderAnswer.Call("hub__memory_put", JsonSerializer.Serialize(new { swarm = worker.Swarm, key, value = "melon" }))
            : ProviderAnswer.Say("Noted.");
        var task = await worker.CreateAsync("Note it.");
        var question = await worker.QuestionAsync();
        Assert.StartsWith("May the agent use hub__memory_put? {", question.Text, StringComparison.Ordinal);
        Assert.Contains("melon", question.Text, StringComparison.Ordinal);
        await worker.Client.Questions.AnswerAsync(question.Id, answer);
        var ended = await worker.EndOfAsync(task);
        Assert.True(ended.State == state, ended.Error?.ToString());
        if (state == TaskState.Failed) Assert.Equal("PERMISSION_DENIED", ended.Error!.Code);
        Assert.Equal(state == TaskState.Completed, _server.Requests.Last().ToString().Contains("did not permit", StringComparison.Ordinal) is false);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task After_a_rate_limit_the_task_waits_as_long_as_the_provider_says_and_the_agent_takes_no_work(string provider)
    {
        await using var worker = await StartAsync(provider);
        _server.Answer = (_, _) => ProviderAnswer.Refuse(429, "too many", retryAfter: "3600");
        var task = await worker.CreateAsync("Do it.", attempts: 2);
        await worker.Output.WaitAsync("RATE_LIMITED");
        await Eventually.Async(async () => (await worker.Client.ShowAgentAsync(worker.Agent)).Slots == 0, "no slots");
        await Eventually.Async(
            async () => (await worker.Client.ShowAgentReportsAsync(worker.Agent)).Health?.Message?.StartsWith("rate_limited until 20", StringComparison.Ordinal) == true,
            "the health of the agent");
        var waiting = await worker.Client.ShowTaskAsync(task);
        Assert.Equal(TaskState.RetryWait, waiting.State);
        Assert.Equal("RATE_LIMITED", waiting.Attempts![0].Error!.Code);
        Assert.InRange((waiting.NextRetryAt!.Value - waiting.Attempts[0].EndedAt).TotalSeconds, 3590, 3610);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task A_request_that_the_provider_refuses_fails_the_task_for_good(string provider)
    {
        await using var worker = await StartAsync(provider);
        _server.Answer = (_, _) => ProviderAnswer.Refuse(400, $"no such thing, {Key}");
        var task = await worker.RunAsync("Do it.", attempts: 3);
        Assert.Equal(("API_400", $"{new Uri(_server.Url).Authority} answered 400: no such thing, {(provider == "ollama" ? Key : "[key]")}"), (task.Error!.Code, task.Error.Message));
        Assert.Single(task.Attempts!);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_failure_of_the_provider_is_tried_again_by_the_hub_alone()
    {
        await using var worker = await StartAsync("openai");
        _server.Answer = (_, number) => number == 0 ? ProviderAnswer.Refuse(503, "busy", retryAfter: "1") : ProviderAnswer.Say("Done at last.");
        var task = await worker.RunAsync("Do it.", attempts: 2);
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        Assert.Equal("API_503", task.Attempts![0].Error!.Code);
        Assert.Equal(2, _server.Requests.Count);
    }

    [Theory]
    [InlineData("TURN_LIMIT", "--max-turns", "3", 3)]
    [InlineData("TOKEN_LIMIT", "--max-tokens", "2100", 2)]
    public async Task A_model_that_does_not_end_is_stopped_at_its_limit(string code, string option, string value, int turns)
    {
        await using var worker = await StartAsync("anthropic", "--mcp", await ProgramAsync(), option, value);
        _server.Answer = (_, _) => ProviderAnswer.Call("hub__swarm_status", "{}");
        var task = await worker.RunAsync("Go on.", attempts: 3);
        Assert.Equal(code, task.Error!.Code);
        Assert.Contains(option, task.Error.Message, StringComparison.Ordinal);
        Assert.Equal(turns, _server.Requests.Count);
        Assert.Equal(turns * 1000, Assert.Single(task.Attempts!).Usage!.InputTokens);
    }

    [Theory]
    [InlineData("openai", "response_format")]
    [InlineData("anthropic", "output_config")]
    [InlineData("ollama", "format")]
    public async Task The_schema_of_the_task_is_the_form_of_the_answer(string provider, string field)
    {
        await using var worker = await StartAsync(provider);
        _server.Answer = (_, _) => ProviderAnswer.Say("""{"melons": 3}""");
        var task = await worker.EndOfAsync(await worker.CreateAsync("Count.", verify: Schema()));
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        Assert.Equal(3, task.Result.ToElement().GetProperty("melons").GetInt32());
        Assert.Contains("melons", _server.Requests.Single().GetProperty(field).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_no_JSON_for_a_schema_fails_clearly()
    {
        await using var worker = await StartAsync("openai");
        _server.Answer = (_, _) => ProviderAnswer.Say("Three melons.");
        var task = await worker.EndOfAsync(await worker.CreateAsync("Count.", verify: Schema()));
        Assert.Equal("RESULT_NOT_JSON", task.Error!.Code);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("ollama")]
    public async Task A_cancellation_ends_the_request_at_once(string provider)
    {
        await using var worker = await StartAsync(provider);
        _server.Answer = (_, _) => ProviderAnswer.Hang();
        var task = await worker.CreateAsync("Do it.");
        await Eventually.Async(() => Task.FromResult(!_server.Requests.IsEmpty), "a request");
        await worker.Client.CancelTaskAsync(task);
        var ended = await worker.EndOfAsync(task);
        Assert.True(ended.State == TaskState.Cancelled, worker.Printed);
        await _server.Gone.Task.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_ended()
    {
        await using var worker = await StartAsync("openai", "--max-time", "1s");
        _server.Answer = (_, _) => ProviderAnswer.Hang();
        var task = await worker.RunAsync("Do it.");
        Assert.Equal("TIME_LIMIT", task.Error!.Code);
        await _server.Gone.Task.WaitAsync(Eventually.Patience);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", "openai:m")]
    [InlineData("ANTHROPIC_API_KEY", "anthropic:m")]
    [InlineData("MY_KEY", "openai:m", "--api-key-env", "MY_KEY")]
    public async Task A_key_that_is_missing_says_which_variable(string variable, string model, params string[] more)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = "" };
        await using var process = CliProcess.Start(await hub.UrlAsync(), ["worker", "--model", model, .. more], variables: variables);
        var ended = await process.EndAsync();
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains($"the variable {variable} with the key", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_the_provider_rejects_stops_the_worker_and_is_in_no_log()
    {
        await using var worker = await StartAsync("openai");
        _server.Answer = (_, _) => ProviderAnswer.Refuse(401, $"Incorrect API key provided: {Key}.");
        var task = await worker.CreateAsync("Do it.");
        await worker.Output.WaitAsync("mend the key in OPENAI_API_KEY");
        await Eventually.Async(async () => (await worker.Client.ShowTaskAsync(task)).State == TaskState.Pending, "the task is handed back");
        Assert.DoesNotContain(Key, worker.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, (await hub.RunAsync("task", "show", task, "--json")).Output, StringComparison.Ordinal);
    }

    private static VerifySpec Schema() => new()
    {
        Schema = RawJson.Parse("""{"type":"object","properties":{"melons":{"type":"integer"}},"required":["melons"],"additionalProperties":false}"""),
    };

    /// <summary>Writes a file of MCP servers with a program.</summary>
    private async Task<string> ProgramAsync() => Write(new
    {
        command = "dotnet",
        args = new[] { Path.Combine(AppContext.BaseDirectory, "waggle.dll"), "mcp" },
        env = new Dictionary<string, string> { ["WAGGLE_URL"] = await hub.UrlAsync(), ["DOTNET_ROOT"] = "${DOTNET_ROOT}" },
    });

    /// <summary>Writes a file of MCP servers with an address.</summary>
    private async Task<string> AddressAsync() => Write(new { type = "http", url = $"{(await hub.UrlAsync()).TrimEnd('/')}/mcp" });

    private string Write(object server)
    {
        var path = _home.File("mcp.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new { mcpServers = new { hub = server } }));
        return path;
    }

    private async Task<CodingWorker> StartAsync(string provider, params string[] arguments) => await CodingWorker.StartAsync(
        await hub.UrlAsync(),
        await hub.ClientAsync(),
        _home,
        new Dictionary<string, string>
        {
            ["OPENAI_API_KEY"] = Key,
            ["ANTHROPIC_API_KEY"] = Key,
            ["HOME"] = _home.Root,
            ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "",
        },
        ["--model", _server.Model(provider), .. arguments]);
}
