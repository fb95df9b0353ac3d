using Waggle.Exec.Coding;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Exec.Coding;

public sealed class CodingSessionTests
{
    private static readonly CodingSession Session = CodingSession.New("codex", "s1", "/project", [new Usage { Model = "m", InputTokens = 5 }]);

    [Fact]
    public void It_is_resumed_where_its_agent_has_its_files()
    {
        var read = CodingSession.Read(Session.ToJson(), "codex", "/project")!;
        Assert.Equal(("s1", 5), (read.Id, read.Used.Single().InputTokens));
    }

    [Fact]
    public void Another_agent_folder_or_machine_begins_anew()
    {
        Assert.Null(CodingSession.Read(Session.ToJson(), "claude", "/project"));
        Assert.Null(CodingSession.Read(Session.ToJson(), "codex", "/other"));
        Assert.Null(CodingSession.Read((Session with { Machine = "another" }).ToJson(), "codex", "/project"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{\"step\":3}")]
    [InlineData("{\"agent\":\"codex\",\"session\":7}")]
    public void The_checkpoint_of_another_program_is_none(string checkpoint) => Assert.Null(CodingSession.Read(RawJson.Parse(checkpoint), "codex", "/project"));
}
