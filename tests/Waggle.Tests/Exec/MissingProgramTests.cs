using Waggle.Exec;

namespace Waggle.Tests.Exec;

public sealed class MissingProgramTests
{
    private static readonly string[] Installed = ["jq", "git", "/opt/agent"];

    [Theory]
    [InlineData("claude -p \"$WAGGLE_TASK_PROMPT\"", "claude")]
    [InlineData("A=1 B=\"x y\" claude", "claude")]
    [InlineData("cd /tmp && exec claude --fast", "claude")]
    [InlineData("jq . | claude > out", "claude")]
    [InlineData("timeout 60s claude -p x", "claude")]
    [InlineData("nice -n 5 env A=b claude", "claude")]
    [InlineData("if git status; then claude; fi", "claude")]
    [InlineData("'/opt/my agent/run' x", "/opt/my agent/run")]
    [InlineData("/opt/other", "/opt/other")]
    [InlineData("(git pull; claude)", "claude")]
    public void A_program_that_the_command_names_and_nobody_has_is_found(string command, string missing) => Assert.Equal(missing, Of(command));

    [Theory]
    [InlineData("eval \"$WAGGLE_TASK_PROMPT\"")]
    [InlineData("\"$AGENT\" -p x")]
    [InlineData("$(which claude) -p x")]
    [InlineData("`which claude` -p x")]
    [InlineData("jq '.claude | other; third' && /opt/agent")]
    [InlineData("run() { git status; }; run")]
    [InlineData("while read -r line; do echo claude; done")]
    [InlineData("git claude")]
    [InlineData("")]
    [InlineData("'")]
    public void What_is_there_or_cannot_be_told_is_not(string command) => Assert.Null(Of(command));

    private static string? Of(string command) => MissingProgram.Of(command, p => Installed.Contains(p) || p is "which" or "nice" or "env" or "timeout");
}
