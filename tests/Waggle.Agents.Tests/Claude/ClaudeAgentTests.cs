namespace Waggle.Agents.Tests.Claude;

public sealed class ClaudeAgentTests
{
    private static readonly ICodingAgent Agent = CodingAgents.Find("claude")!;

    [Fact]
    public void The_operator_grants_and_not_the_repository()
    {
        var command = Agent.Command(Recording.Start);
        Assert.Equal(["--setting-sources", "user", "--strict-mcp-config", "--permission-mode", "default", "--permission-prompt-tool", "stdio"], command.Skip(7));
        Assert.Equal("claude -p --verbose --output-format stream-json --input-format stream-json".Split(' '), command.Take(7));
    }

    [Theory]
    [InlineData(AgentRights.ReadOnly, "default")]
    [InlineData(AgentRights.Edit, "acceptEdits")]
    [InlineData(AgentRights.Full, "bypassPermissions")]
    public void Rights_are_a_mode(AgentRights rights, string mode) =>
        Assert.Contains($"--permission-mode {mode}", string.Join(' ', Agent.Command(Recording.Start with { Rights = rights })), StringComparison.Ordinal);

    [Fact]
    public void An_agent_that_does_not_ask_is_denied_at_once() => Assert.DoesNotContain("--permission-prompt-tool", Agent.Command(Recording.Start with { Asks = false }));

    [Fact]
    public void A_session_is_begun_by_its_id_and_then_resumed()
    {
        Assert.EndsWith("--session-id s1", string.Join(' ', Agent.Command(Recording.Start with { Session = "s1" })), StringComparison.Ordinal);
        Assert.EndsWith("--resume s1", string.Join(' ', Agent.Command(Recording.Start with { Session = "s1", Resumes = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void The_credentials_of_a_cloud_need_its_switch()
    {
        var switched = string.Join(", ", Agent.SwitchedVariables.Select(more => $"{more.Prefix} {more.Switch}"));
        Assert.Equal("AWS_ CLAUDE_CODE_USE_BEDROCK, GOOGLE_ CLAUDE_CODE_USE_VERTEX", switched);
        Assert.DoesNotContain(Agent.Variables, prefix => prefix is "AWS_" or "GOOGLE_");
    }

    [Fact]
    public void The_prompt_is_a_line_on_standard_input() =>
        Assert.Equal(["""{"type":"user","message":{"role":"user","content":"Do it.\n\"Now\""}}"""], Agent.Opening(Recording.Start with { Prompt = "Do it.\n\"Now\"" }));
}
