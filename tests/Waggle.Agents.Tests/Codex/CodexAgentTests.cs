namespace Waggle.Agents.Tests.Codex;

public sealed class CodexAgentTests
{
    private static readonly ICodingAgent Agent = CodingAgents.Find("codex")!;

    [Theory]
    [InlineData(AgentRights.ReadOnly, "read-only")]
    [InlineData(AgentRights.Edit, "workspace-write")]
    [InlineData(AgentRights.Full, "danger-full-access")]
    public void Rights_are_a_sandbox(AgentRights rights, string mode) => Assert.Contains($"sandbox_mode=\"{mode}\"", Agent.Command(Recording.Start with { Rights = rights }));

    [Fact]
    public void A_session_is_resumed_by_its_id()
    {
        Assert.Equal(["-"], Agent.Ending(Recording.Start));
        Assert.Equal(["resume", "t1", "-"], Agent.Ending(Recording.Start with { Session = "t1", Resumes = true }));
    }
}
