using Waggle.Protocol.Model;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>The variables of an agent. A script stands for it, and stores those that it sees.</summary>
public sealed class CodingEnvironmentTests(HubFixture hub) : IDisposable
{
    private const string Script = """
        env > "$HOME/env"
        echo '{"type":"result","subtype":"success","is_error":false,"result":"ok"}'
        """;

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("OTHER", false, false)]
    [InlineData("CLAUDE_CODE_USE_BEDROCK", true, false)]
    [InlineData("CLAUDE_CODE_USE_VERTEX", false, true)]
    public async Task The_credentials_of_a_cloud_are_for_an_agent_that_uses_its_models(string name, bool seesAws, bool seesGoogle)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CLAUDE_CODE_USE_BEDROCK"] = "",
            ["CLAUDE_CODE_USE_VERTEX"] = "",
            ["AWS_TEST_SECRET"] = "a",
            ["GOOGLE_TEST_SECRET"] = "g",
            ["ANTHROPIC_TEST_SECRET"] = "c",
        };
        variables[name] = "1";
        await using var worker = await CodingWorker.StartAsync(hub, "claude", CodingTools.Script(_home, "claude", Script), _home, variables);
        var task = await worker.RunAsync("Look.");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        var seen = await File.ReadAllLinesAsync(_home.File("env"), TestContext.Current.CancellationToken);
        Assert.Equal(
            (true, seesAws, seesGoogle),
            (seen.Contains("ANTHROPIC_TEST_SECRET=c"), seen.Contains("AWS_TEST_SECRET=a"), seen.Contains("GOOGLE_TEST_SECRET=g")));
    }
}
