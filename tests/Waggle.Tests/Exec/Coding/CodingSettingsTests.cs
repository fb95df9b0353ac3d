using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

public sealed class CodingSettingsTests
{
    [Theory]
    [InlineData("--mcp belongs to --exec", "--mcp")]
    [InlineData("--pass-token belongs to --exec", "--pass-token")]
    [InlineData("--result belongs to --exec", "--result", "json")]
    public async Task Options_without_effect_on_a_coding_agent_are_refused(string expected, params string[] arguments)
    {
        var ended = await CliProcess.RunAsync(null, ["worker", "--agent", "claude", .. arguments]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
    }
}
