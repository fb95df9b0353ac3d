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
    [InlineData("6315085f-0d5c-4f0e-9d2a-5c1d6a0c9a11", true)]
    [InlineData("thread_A9", true)]
    [InlineData("--dangerously-skip-permissions", false)]
    [InlineData("-", false)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("../a", false)]
    [InlineData("\u00e9", false)]
    public void An_id_that_could_be_more_than_an_id_begins_anew(string id, bool isRead) =>
        Assert.Equal(isRead, CodingSession.Read((Session with { Id = id }).ToJson(), "codex", "/project") is not null);

    [Fact]
    public void An_id_has_100_characters_at_most()
    {
        Assert.NotNull(CodingSession.Read((Session with { Id = new string('a', 100) }).ToJson(), "codex", "/project"));
        Assert.Null(CodingSession.Read((Session with { Id = new string('a', 101) }).ToJson(), "codex", "/project"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{\"step\":3}")]
    [InlineData("{\"agent\":\"codex\",\"session\":7}")]
    public void The_checkpoint_of_another_program_is_none(string checkpoint) => Assert.Null(CodingSession.Read(RawJson.Parse(checkpoint), "codex", "/project"));
}
