namespace Waggle.Agents.Tests.Acp;

/// <summary>The Agent Client Protocol, version 1, in the form of its specification. No recording: the agents that speak it were not run.</summary>
public sealed class AcpLinesTests
{
    private static readonly ICodingAgent Agent = CodingAgents.Find("acp:my-agent --acp")!;

    private static readonly AgentStart Start = new() { Prompt = "Do it.", Folder = "/project" };

    [Fact]
    public void The_command_is_a_program_and_its_arguments()
    {
        Assert.Equal(["my-agent", "--acp"], Agent.Command(Start));
        Assert.Null(CodingAgents.Find("acp:"));
        Assert.Null(CodingAgents.Find("acp: "));
    }

    [Fact]
    public void A_turn_is_initialize_session_and_prompt_and_its_answer_is_the_text_of_all_pieces()
    {
        Assert.Contains("\"method\":\"initialize\"", Assert.Single(Agent.Opening(Start)), StringComparison.Ordinal);
        var run = new AgentTranscript(Start);
        var said = Play(
            run,
            """{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true}}}""",
            """{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s1"}}""",
            """{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"All "}}}}""",
            """{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"done."}}}}""",
            """{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}""");
        Assert.Equal(
            [
                """{"jsonrpc":"2.0","id":2,"method":"session/new","params":{"cwd":"/project","mcpServers":[]}}""",
                """{"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{"sessionId":"s1","prompt":[{"type":"text","text":"Do it."}]}}""",
            ],
            said);
        Assert.Equal(("s1", "All done."), (run.Session, run.Ended().Text));
    }

    [Fact]
    public void A_session_is_loaded_and_what_it_repeats_is_no_answer()
    {
        var start = Start with { Session = "s1", Resumes = true };
        var run = new AgentTranscript(start);
        var said = Play(
            run,
            """{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true}}}""",
            """{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Old."}}}}""",
            """{"jsonrpc":"2.0","id":2,"result":null}""",
            """{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"New."}}}}""",
            """{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}""");
        Assert.Contains("session/load", said[0], StringComparison.Ordinal);
        Assert.Equal("New.", run.Ended().Text);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":2,"error":{"code":-32002,"message":"no such session"}}""")]
    public void A_session_that_cannot_be_loaded_is_told_from_other_failures(string line)
    {
        var start = Start with { Session = "s1", Resumes = true };
        Assert.True(Agent.HasLostSession(Agent.Read(line, start).OfType<EndFact>().Single().Message!));
        Assert.DoesNotContain(Agent.Read(line, Start).OfType<EndFact>(), end => Agent.HasLostSession(end.Message!));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":3,"result":{"stopReason":"refusal"}}""", "REFUSAL", false)]
    [InlineData("""{"jsonrpc":"2.0","id":3,"result":{"stopReason":"max_tokens"}}""", "MAX_TOKENS", true)]
    [InlineData("""{"jsonrpc":"2.0","id":3,"result":{"stopReason":"cancelled"}}""", "AGENT_ERROR", true)]
    [InlineData("""{"jsonrpc":"2.0","id":3,"error":{"code":1,"message":"no credentials"}}""", "AGENT_ERROR", true)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":2}}""", "PROTOCOL", false)]
    public void Only_the_end_of_a_turn_completes_a_task(string line, string code, bool retryable)
    {
        var run = new AgentTranscript(Start);
        Play(run, line);
        Assert.Equal((code, retryable), (run.Ended().Code, run.Ended().Retryable));
    }

    [Fact]
    public void A_request_for_permission_is_a_question_and_its_answer_one_of_its_options()
    {
        var asked = Assert.IsType<ApprovalFact>(Assert.Single(Agent.Read(Permission("execute"), Start)));
        Assert.Equal("May the agent do this: Run make?", asked.Question);
        Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{"outcome":{"outcome":"selected","optionId":"once"}}}""", asked.Allow);
        Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{"outcome":{"outcome":"selected","optionId":"no"}}}""", asked.Deny);
        Assert.Equal("Run make", asked.Denial.Tool);
    }

    [Theory]
    [InlineData(AgentRights.ReadOnly, "edit", false)]
    [InlineData(AgentRights.Edit, "edit", true)]
    [InlineData(AgentRights.Edit, "execute", false)]
    [InlineData(AgentRights.Full, "execute", true)]
    public void The_rights_answer_without_a_question(AgentRights rights, string kind, bool granted)
    {
        var facts = Agent.Read(Permission(kind), Start with { Rights = rights });
        Assert.Equal(granted, facts.OfType<ReplyFact>().Any(reply => reply.Line.Contains("\"once\"", StringComparison.Ordinal)));
        Assert.Equal(!granted, facts.OfType<ApprovalFact>().Any());
    }

    [Theory]
    [InlineData("[{\"path\":\"/project/a.c\"},{\"path\":\"/project/b/c.c\",\"line\":3}]", true)]
    [InlineData("[{\"path\":\"b/c.c\"}]", true)]
    [InlineData("[{\"path\":\"/project/a.c\"},{\"path\":\"/etc/passwd\"}]", false)]
    [InlineData("[{\"path\":\"/project/../etc/passwd\"}]", false)]
    [InlineData("[{\"path\":\"/project-2/a.c\"}]", false)]
    [InlineData("[{\"path\":\"/project\"}]", false)]
    [InlineData("[{\"path\":\"\"}]", false)]
    [InlineData("[{\"path\":\"/project/\\u0000\"}]", false)]
    [InlineData("[{\"line\":3}]", false)]
    [InlineData("[]", false)]
    [InlineData("null", false)]
    public void The_right_to_edit_is_for_the_files_of_the_folder(string locations, bool granted)
    {
        var facts = Agent.Read(Permission("edit", locations), Start with { Rights = AgentRights.Edit });
        Assert.Equal(granted, facts.OfType<ReplyFact>().Any());
        Assert.Equal(!granted, facts.OfType<ApprovalFact>().Any());
    }

    [Fact]
    public void A_request_that_the_worker_does_not_know_is_refused_and_does_not_hang() =>
        Assert.Contains("-32601", Assert.IsType<ReplyFact>(Assert.Single(Agent.Read("""{"jsonrpc":"2.0","id":"x","method":"fs/read_text_file","params":{}}""", Start))).Line, StringComparison.Ordinal);

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"something/new\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"update\":{\"sessionUpdate\":\"new\"}}}")]
    public void A_line_that_the_adapter_does_not_know_is_a_log(string line) => Assert.Equal([new LogFact(line)], Agent.Read(line, Start));

    private static string Permission(string kind, string locations = "[{\"path\":\"/project/a.c\"}]") =>
        """{"jsonrpc":"2.0","id":7,"method":"session/request_permission","params":{"sessionId":"s1","toolCall":{"toolCallId":"c1","title":"Run make","kind":"KIND","locations":LOCATIONS},"options":[{"optionId":"always","name":"Always","kind":"allow_always"},{"optionId":"once","name":"Allow","kind":"allow_once"},{"optionId":"no","name":"Reject","kind":"reject_once"}]}}"""
            .Replace("KIND", kind, StringComparison.Ordinal)
            .Replace("LOCATIONS", locations, StringComparison.Ordinal);

    /// <summary>Returns the lines that the worker writes.</summary>
    private static List<string> Play(AgentTranscript run, params string[] lines)
    {
        var start = run.Session is { } session ? Start with { Session = session, Resumes = true } : Start;
        var facts = lines.SelectMany(line => Agent.Read(line, start)).ToList();
        foreach (var fact in facts) run.Take(fact);
        return [.. facts.OfType<ReplyFact>().Select(reply => reply.Line)];
    }
}
