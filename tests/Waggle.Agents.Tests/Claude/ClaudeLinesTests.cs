namespace Waggle.Agents.Tests.Claude;

/// <summary>Recordings of Claude Code 2.1.328, and what the worker makes of them.</summary>
public sealed class ClaudeLinesTests
{
    [Fact]
    public void A_run_completes_with_the_text_of_its_result()
    {
        var run = Recording.Play("claude/completed");
        Assert.Equal(new AgentOutcome("All done.", null, null, Retryable: false), run.Ended());
        Assert.NotNull(run.Session);
    }

    [Fact]
    public void A_denied_tool_ends_as_a_success_and_is_none()
    {
        var run = Recording.Play("claude/denied");
        Assert.Equal("PERMISSION_DENIED", run.Ended().Code);
        Assert.False(run.Ended().Retryable);
        Assert.Contains("Write", run.Ended().Message, StringComparison.Ordinal);
        Assert.Null(run.Ended(allowDenials: true).Code);
        var denial = Assert.Single(run.Denials);
        Assert.Contains("haven't granted it", denial.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_request_is_a_failure_although_its_subtype_is_success()
    {
        var outcome = Recording.Play("claude/http-400").Ended(exitCode: 1);
        Assert.Equal("API_400", outcome.Code);
        Assert.Equal("API Error: 400 bad things", outcome.Message);
        Assert.False(outcome.Retryable);
        // The exit code is not what tells.
        Assert.Equal("API_400", Recording.Play("claude/http-400").Ended().Code);
    }

    [Fact]
    public void A_spent_budget_fails_for_good_and_its_usage_counts()
    {
        var run = Recording.Play("claude/budget");
        var outcome = run.Ended(exitCode: 1);
        Assert.Equal("ERROR_MAX_BUDGET_USD", outcome.Code);
        Assert.False(outcome.Retryable);
        var usage = Assert.Single(run.Used());
        Assert.Equal((1500, 50, 0.00606m), (usage.InputTokens, usage.OutputTokens, usage.CostUsd));
    }

    [Fact]
    public void A_rate_limit_shows_while_the_run_looks_like_a_hang()
    {
        var limits = Recording.Facts("claude/http-429").OfType<RateLimitFact>().ToArray();
        Assert.Equal([TimeSpan.FromMilliseconds(583), TimeSpan.FromMilliseconds(1111), null], limits.Select(l => l.After));
        Assert.StartsWith("rate_limit (429), attempt 1 of 2", limits[0].Reason, StringComparison.Ordinal);
        var run = Recording.Play("claude/http-429");
        var outcome = run.Ended(exitCode: 1);
        Assert.Equal(("RATE_LIMITED", true), (outcome.Code, outcome.Retryable));
        Assert.Equal(TimeSpan.FromMilliseconds(1111), run.Limit!.After);
    }

    [Fact]
    public void A_usage_limit_says_until_when()
    {
        // The form of a subscription, by its documentation: no recording without one.
        var facts = CodingAgents.Find("claude")!.Read("""{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1800000000,"rateLimitType":"five_hour"}}""", Recording.Start);
        Assert.Equal(new RateLimitFact("usage limit five_hour", Until: DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)), Assert.Single(facts));
        Assert.Empty(CodingAgents.Find("claude")!.Read("""{"type":"rate_limit_event","rate_limit_info":{"status":"allowed_warning","resetsAt":1800000000}}""", Recording.Start));
    }

    [Theory]
    [InlineData("1800000000000", 1_800_000_000L)]
    [InlineData("100000000000", 100_000_000_000L)]
    [InlineData("0", 0L)]
    [InlineData("9223372036854775807", null)]
    [InlineData("253402300800000", null)]
    [InlineData("-1", null)]
    [InlineData("1e300", null)]
    [InlineData("\"soon\"", null)]
    public void A_usage_limit_may_be_in_milliseconds_and_one_out_of_range_says_no_time(string resetsAt, long? seconds)
    {
        var line = """{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":AT,"rateLimitType":"five_hour"}}"""
            .Replace("AT", resetsAt, StringComparison.Ordinal);
        var limit = Assert.IsType<RateLimitFact>(Assert.Single(CodingAgents.Find("claude")!.Read(line, Recording.Start)));
        Assert.Equal(seconds, limit.Until?.ToUnixTimeSeconds());
    }

    [Fact]
    public void An_interrupted_run_ends_with_exit_code_0_and_has_not_completed() => Assert.Equal("NO_RESULT", Recording.Play("claude/sigint").Ended().Code);

    [Fact]
    public void An_interrupted_run_whose_last_event_says_so_has_failed()
    {
        const string Last = """{"type":"result","subtype":"error_during_execution","is_error":false,"usage":{},"modelUsage":{},"permission_denials":[],"errors":[]}""";
        var run = Recording.Play("claude/sigint");
        foreach (var fact in CodingAgents.Find("claude")!.Read(Last, Recording.Start)) run.Take(fact);
        Assert.Equal(("ERROR_DURING_EXECUTION", true), (run.Ended().Code, run.Ended().Retryable));
    }

    [Fact]
    public void A_terminated_run_has_no_result()
    {
        var run = Recording.Play("claude/sigterm");
        Assert.False(run.HasEnded);
        Assert.Equal("EXIT_143", run.Ended(exitCode: 143).Code);
    }

    [Fact]
    public void A_resumed_run_counts_what_it_used_and_not_its_session()
    {
        var usage = Assert.Single(Recording.Play("claude/resumed", Recording.Start with { Resumes = true, Session = "s" }).Used());
        Assert.Equal((1500, 300, 50, 0.00606m), (usage.InputTokens, usage.CachedTokens, usage.OutputTokens, usage.CostUsd));
    }

    [Fact]
    public void A_resumed_run_of_a_version_without_its_own_table_has_tokens_and_no_cost()
    {
        var transcript = new AgentTranscript(Recording.Start with { Resumes = true });
        const string Result = """
            {"type":"result","subtype":"success","is_error":false,"result":"ok","total_cost_usd":5,"usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":2},"modelUsage":{"m":{"inputTokens":999,"costUSD":5}}}
            """;
        foreach (var fact in CodingAgents.Find("claude")!.Read(Result.Trim(), Recording.Start with { Resumes = true })) transcript.Take(fact);
        var usage = Assert.Single(transcript.Used());
        Assert.Equal((15, 2, null), (usage.InputTokens, usage.OutputTokens, usage.CostUsd));
    }

    [Fact]
    public void A_session_that_is_gone_is_told_from_other_failures()
    {
        var agent = CodingAgents.Find("claude")!;
        var outcome = Recording.Play("claude/lost-session").Ended(exitCode: 1);
        Assert.True(agent.HasLostSession(outcome.Message!));
        Assert.False(agent.HasLostSession(Recording.Play("claude/http-400").Ended(exitCode: 1).Message!));
    }

    [Fact]
    public void An_approval_is_a_question_with_a_line_for_each_answer()
    {
        var asked = Assert.Single(Recording.Facts("claude/approval-allowed").OfType<ApprovalFact>());
        Assert.Equal("""May the agent use Bash? {"command":"touch made.txt","description":"make"}""", asked.Question);
        Assert.Equal(
            """{"type":"control_response","response":{"subtype":"success","request_id":"ID","response":{"behavior":"allow","updatedInput":{"command":"touch made.txt","description":"make"}}}}"""
                .Replace("ID", asked.Key, StringComparison.Ordinal),
            asked.Allow);
        Assert.Contains("\"behavior\":\"deny\"", asked.Deny, StringComparison.Ordinal);
        Assert.Null(Recording.Play("claude/approval-allowed").Ended().Code);
    }

    [Fact]
    public void A_no_and_the_denials_of_the_result_are_one_denial()
    {
        var run = Recording.Play("claude/approval-denied");
        run.Take(Recording.Facts("claude/approval-denied").OfType<ApprovalFact>().Single().Denial);
        Assert.Equal("Bash", Assert.Single(run.Denials).Tool);
        Assert.Equal("PERMISSION_DENIED", run.Ended().Code);
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("{\"type\":\"something_new\",\"a\":[1]}")]
    [InlineData("{\"type\":7}")]
    [InlineData("{\"half\":")]
    [InlineData("[1,2]")]
    [InlineData("{\"type\":\"system\",\"subtype\":\"something_new\"}")]
    [InlineData("{\"type\":\"control_request\",\"request_id\":\"1\",\"request\":{\"subtype\":\"new\"}}")]
    public void A_line_that_the_adapter_does_not_know_is_a_log(string line) =>
        Assert.Equal([new LogFact(line)], CodingAgents.Find("claude")!.Read(line, Recording.Start));

    [Theory]
    [InlineData("{\"type\":\"assistant\"}")]
    [InlineData("{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"thinking\"},7,null]}}")]
    [InlineData("{\"type\":\"user\",\"message\":{\"content\":\"text\"}}")]
    public void A_known_line_without_its_fields_says_nothing(string line) => Assert.Empty(CodingAgents.Find("claude")!.Read(line, Recording.Start));

    [Fact]
    public void The_tokens_so_far_are_known_while_the_run_goes_on_and_never_fall()
    {
        var transcript = new AgentTranscript(Recording.Start);
        var seen = new List<long>();
        foreach (var fact in Recording.Facts("claude/tool"))
        {
            transcript.Take(fact);
            if (fact is UsageFact) seen.Add(transcript.Used().Single().InputTokens!.Value);
        }

        Assert.Equal([1500, 3000, 3000], seen);
        Assert.Equal((100, 0.01212m), (transcript.Used()[0].OutputTokens, transcript.Used()[0].CostUsd));
    }

    [Theory]
    [InlineData("1500", 1500)]
    [InlineData("9223372036854775807", null)]
    [InlineData("\"soon\"", null)]
    public void A_delay_that_no_agent_keeps_is_unknown(string delay, int? expected)
    {
        var line = $$"""{"type":"system","subtype":"api_retry","error_status":429,"attempt":1,"max_retries":10,"retry_delay_ms":{{delay}}}""";
        var limit = Assert.IsType<RateLimitFact>(Assert.Single(CodingAgents.Find("claude")!.Read(line, Recording.Start)));
        Assert.Equal(expected is { } ms ? TimeSpan.FromMilliseconds(ms) : null, limit.After);
    }
}
