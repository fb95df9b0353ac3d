using Waggle.Protocol.Model;
using Waggle.Runners;
using Waggle.Shared;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Runners;

public sealed class RunnerFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_template_has_defaults_for_all_but_its_command_and_count()
    {
        var file = Read("""{"templates": {"coder": {"command": ["python3", "worker.py"], "max_count": 2}}} // the end""");
        var template = Assert.Single(file.Templates).Value;

        Assert.Equal(("runner", 50), (file.Id, file.MaxAgents));
        Assert.Equal(["python3", "worker.py"], template.Command);
        Assert.Equal((_folder.Root, TimeSpan.FromSeconds(10), false), (template.Folder, template.StopTimeout, template.PassToken));
        Assert.Equal(new RunnerTemplate { Role = "coder", MaxCount = 2 }, template.Offer);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var file = Read("""
            {
              "runner": "r1", "max_agents": 7,
              "templates": {
                "coder": {
                  "command": ["a"], "type": "t", "capabilities": {"code": 0.5}, "slots": 3, "max_count": 2, "environment": {"A": "b"}, "folder": "sub", "restart": "always",
                  "hello_timeout": "5s", "stop_timeout": "2s", "backoff": "100ms", "backoff_cap": "1m", "crash_loop_count": 4, "crash_loop_window": "1h", "pass_token": true
                },
                "other": { "command": ["a"], "max_count": 1, "capabilities": ["x", "y"] }
              }
            }
            """);
        var template = file.Templates["coder"];

        Assert.Equal(("r1", 7, Path.Combine(_folder.Root, "sub")), (file.Id, file.MaxAgents, template.Folder));
        Assert.Equal((TimeSpan.FromSeconds(2), true, "b"), (template.StopTimeout, template.PassToken, template.Environment["A"]));
        Assert.Equal((RestartPolicy.Always, 5000, 100, 60_000, 4, 3_600_000), (template.Offer.Restart, template.Offer.HelloTimeoutMs, template.Offer.BackoffMs, template.Offer.BackoffCapMs, template.Offer.CrashLoopCount, template.Offer.CrashLoopWindowMs));
        Assert.Equal((0.5, 1.0), (template.Offer.Capabilities!["code"], file.Templates["other"].Offer.Capabilities!["y"]));
    }

    [Theory]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{", "is not JSON")]
    [InlineData("{}", "there is no template")]
    [InlineData("""{"templates": {"a": {"command": ["x"], "max_count": 1}}, "limit": 3}""", "unknown key 'limit'")]
    [InlineData("""{"runner": "a b", "templates": {"a": {"command": ["x"], "max_count": 1}}}""", "not a valid id")]
    [InlineData("""{"templates": {"a.b": {"command": ["x"], "max_count": 1}}}""", "not a valid id")]
    [InlineData("""{"templates": {"a": {"command": "x", "max_count": 1}}}""", "command is an array")]
    [InlineData("""{"templates": {"a": {"command": [], "max_count": 1}}}""", "command is an array")]
    [InlineData("""{"templates": {"a": {"command": ["x"]}}}""", "max_count is required")]
    [InlineData("""{"templates": {"a": {"command": ["x"], "max_count": 0}}}""", "max_count is a whole number")]
    [InlineData("""{"templates": {"a": {"command": ["x"], "max_count": 1, "restart": "often"}}}""", "restart is never, on_failure or always")]
    [InlineData("""{"templates": {"a": {"command": ["x"], "max_count": 1, "backoff": "soon"}}}""", "is not a duration")]
    [InlineData("""{"templates": {"a": {"command": ["x"], "max_count": 1, "capabilities": {"x": 2}}}}""", "proficiency, 0 to 1")]
    [InlineData("""{"templates": {"a": {"command": ["x"], "max_count": 1, "environment": {"A=B": "c"}}}}""", "is a name with a string")]
    [InlineData("""{"templates": {"a": {"command": ["x"], "max_count": 1, "max": 1}}}""", "unknown key 'max'")]
    public void A_wrong_file_is_one_error_that_names_the_place(string text, string problem)
    {
        var error = Assert.Throws<CliException>(() => Read(text));
        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private RunnerFile Read(string text)
    {
        File.WriteAllText(_folder.File("t.json"), text);
        return RunnerFile.Read(_folder.File("t.json"));
    }
}
