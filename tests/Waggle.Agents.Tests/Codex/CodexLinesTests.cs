using Waggle.Protocol.Model;

namespace Waggle.Agents.Tests.Codex;

/// <summary>Recordings of Codex 0.169.0, and what the worker makes of them.</summary>
public sealed class CodexLinesTests
{
    private static readonly ICodingAgent Agent = CodingAgents.Find("codex")!;

    [Fact]
    public void A_run_completes_with_its_last_message()
    {
        var run = Recording.Play("codex/completed");
        Assert.Equal("All done.", run.Ended().Text);
        Assert.Equal("01a22d43-951c-7180-ae9b-eff4191b1fbc", run.Session);
    }

    [Fact]
    public void Tokens_have_no_cost_and_the_model_that_the_operator_named()
    {
        var usage = Assert.Single(Recording.Play("codex/completed", Recording.Start with { Model = "gpt-5" }).Used());
        Assert.Equal(new Usage { Model = "gpt-5", InputTokens = 1000, CachedTokens = 300, OutputTokens = 50, ReasoningTokens = 20 }, usage);
        Assert.Null(Recording.Play("codex/completed").Used()[0].Model);
    }

    [Fact]
    public void A_resumed_run_counts_what_it_used_and_not_its_session()
    {
        var first = Recording.Play("codex/completed");
        var second = Recording.Play("codex/resumed", Recording.Start with { Resumes = true }, first.SessionUsage);
        Assert.Equal(new Usage { InputTokens = 1000, CachedTokens = 300, OutputTokens = 50, ReasoningTokens = 20 }, Assert.Single(second.Used()));
        Assert.Equal(2000, Assert.Single(second.SessionUsage).InputTokens);
    }

    [Fact]
    public void An_item_of_the_type_error_is_no_failure()
    {
        var warning = Assert.Single(Recording.Facts("codex/error-item").OfType<LogFact>(), log => log.Level == AgentLogLevel.Warn);
        Assert.StartsWith("Model metadata", warning.Text, StringComparison.Ordinal);
        Assert.Equal("All done.", Recording.Play("codex/error-item").Ended().Text);
    }

    [Fact]
    public void A_write_that_the_sandbox_stopped_is_a_denial()
    {
        Assert.Equal("PERMISSION_DENIED", Recording.Play("codex/denied").Ended().Code);
        Assert.Null(Recording.Play("codex/denied").Ended(allowDenials: true).Code);
        Assert.Null(Recording.Play("codex/written", Recording.Start with { Rights = AgentRights.Edit }).Ended().Code);
    }

    [Theory]
    [InlineData("codex/http-400", "API_400", "bad things", false)]
    [InlineData("codex/http-401", "API_401", "unexpected status 401 Unauthorized: Incorrect API key, url: http://127.0.0.1:18777/v1/responses", false)]
    public void A_refused_request_fails_for_good(string recording, string code, string message, bool retryable) =>
        Assert.Equal(new AgentOutcome(null, code, message, retryable), Recording.Play(recording).Ended(exitCode: 1));

    [Fact]
    public void An_error_that_codex_retries_is_a_log() =>
        Assert.Equal(
            [new LogFact("Reconnecting... 1/5", AgentLogLevel.Warn)], Agent.Read("""{"type":"error","message":"Reconnecting... 1/5"}""", Recording.Start));

    [Fact]
    public void A_rate_limit_is_retryable() =>
        Assert.Equal(("RATE_LIMITED", true), (Recording.Play("codex/http-429").Ended(exitCode: 1).Code, Recording.Play("codex/http-429").Ended(exitCode: 1).Retryable));

    [Fact]
    public void A_usage_limit_names_the_hour_in_the_time_zone_of_the_machine()
    {
        var limit = Assert.Single(Recording.Facts("codex/usage-limit").OfType<RateLimitFact>());
        Assert.Equal(new TimeOnly(17, 22), limit.Clock);
        var zone = TimeZoneInfo.CreateCustomTimeZone("two hours ahead", TimeSpan.FromHours(2), null, null);
        DateTimeOffset At(int day, int hour, int minute) => new(2026, 11, day, hour, minute, 0, TimeSpan.Zero);
        Assert.Equal(At(3, 15, 22), limit.UntilFrom(At(3, 14, 0), zone));
        Assert.Equal(At(4, 15, 22), limit.UntilFrom(At(3, 16, 0), zone));
        Assert.Equal("RATE_LIMITED", Recording.Play("codex/usage-limit").Ended(exitCode: 1).Code);
    }

    [Fact]
    public void A_session_that_is_gone_is_told_from_other_failures()
    {
        // Codex says it on standard error.
        Assert.True(Agent.HasLostSession("Error: thread/resume: thread/resume failed: no rollout found for thread id 01a2 (code -32600)"));
        Assert.False(Agent.HasLostSession("unexpected status 401"));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{\"type\":\"thread.started\"}")]
    [InlineData("{\"type\":\"something.new\"}")]
    public void A_line_that_the_adapter_does_not_know_is_a_log(string line) => Assert.Equal([new LogFact(line)], Agent.Read(line, Recording.Start));
}
