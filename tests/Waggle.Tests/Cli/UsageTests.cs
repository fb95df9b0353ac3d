using System.Net;
using System.Net.Sockets;
using Waggle.Shared;

namespace Waggle.Tests.Cli;

/// <summary>A usage error prints one line and exits with code 2, before any effect.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("Unrecognized command or argument 'frob'. See", "frob")]
    [InlineData("Did you mean 'swarm'? See 'waggle --help'", "swram")]
    [InlineData("Did you mean 'list'? See 'waggle task --help'", "task", "lits")]
    [InlineData("Did you mean '--state'? See 'waggle task list --help'", "task", "list", "--sate", "x")]
    [InlineData("'--token'. Put it after the command: 'waggle task list --token …'.", "--token", "x", "task", "list")]
    [InlineData("'--url'. Put it after the command: 'waggle swarm show --url …'.", "swarm", "--url", "http://127.0.0.1:1", "show", "s")]
    [InlineData("'tcsh' is not a supported shell: bash, zsh, fish, pwsh", "completion", "tcsh")]
    [InlineData("Name a task, or use -f to follow new lines", "logs")]
    [InlineData("--since requires -f", "logs", "t1-1", "--since", "1:1")]
    [InlineData("--window '10ms' is not a duration from 1s to 1h", "top", "--window", "10ms")]
    [InlineData("The file '/no/such/token' of --token cannot be read", "task", "list", "--token", "@/no/such/token")]
    [InlineData("The token from --token has characters that a token cannot contain", "task", "list", "--token", "two words")]
    [InlineData("The token from standard input is empty", "task", "list", "--token", "-")]
    [InlineData("Required command was not provided. See 'waggle task --help'", "task")]
    [InlineData("'title' missing", "task", "create")]
    [InlineData("--requires 'code:1.5': the part after the colon must be a proficiency from 0 to 1", "task", "create", "t", "--requires", "code:1.5")]
    [InlineData("The value of --input is not JSON", "task", "create", "t", "--input", "{no")]
    [InlineData("cannot be read", "task", "create", "t", "--input", "@/no/such/file")]
    [InlineData("exclude each other", "task", "create", "t", "--input", "1", "--prompt", "p")]
    [InlineData("--metadata 'k' is not key=value", "task", "create", "t", "--metadata", "k")]
    [InlineData("--state 'lost' is not a state: blocked, pending", "task", "list", "--state", "lost")]
    [InlineData("--limit '0' is not a whole number from 1", "task", "list", "--limit", "0")]
    [InlineData("'three' ", "task", "priority", "id", "three")]
    [InlineData("Name either a command with --exec or a coding agent with --agent.", "worker")]
    [InlineData("capability '' is not a valid id", "worker", "--exec", "true", "--capability", ":0.5")]
    [InlineData("--grace 'soon' is not a duration", "worker", "--exec", "true", "--grace", "soon")]
    [InlineData("--name 'a.b' is not a valid id", "worker", "--exec", "true", "--name", "a.b")]
    [InlineData("'a..b' is not a topic or pattern", "watch", "a..b")]
    [InlineData("--since 'yesterday' is not a position", "watch", "--since", "yesterday")]
    [InlineData("'ftp://x' is not a URL", "swarm", "list", "--url", "ftp://x")]
    [InlineData("--port '70000' is not a whole number from 0 to 65535", "serve", "--port", "70000")]
    public async Task A_bad_argument_is_one_line_and_exit_code_2(string why, params string[] arguments)
    {
        var ended = await CliProcess.RunAsync("http://127.0.0.1:1", arguments);
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("", ended.Output);
        Assert.DoesNotContain('\n', ended.Error);
        Assert.StartsWith("waggle: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_one_line_that_says_what_to_do()
    {
        var ended = await CliProcess.RunAsync("http://127.0.0.1:1", "task", "list");
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("", ended.Output);
        Assert.StartsWith("waggle: no hub answers at http://127.0.0.1:1 (Connection refused", ended.Error, StringComparison.Ordinal);
        Assert.Contains("waggle serve", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_is_given_up_after_the_time_of_the_variable()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var command = CliProcess.Start(
            $"http://{silent.LocalEndpoint}", ["task", "list"], variables: new Dictionary<string, string> { [ConnectTimeout.Variable] = "300ms" });
        var ended = await command.EndAsync();
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("within 0.3 s", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0s")]
    public async Task A_timeout_that_is_no_duration_is_refused(string timeout)
    {
        await using var command = CliProcess.Start(
            "http://127.0.0.1:1", ["task", "list"], variables: new Dictionary<string, string> { [ConnectTimeout.Variable] = timeout });
        var ended = await command.EndAsync();
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains($"WAGGLE_CONNECT_TIMEOUT '{timeout}' is not a duration", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("worker")]
    [InlineData("watch")]
    [InlineData("task create")]
    public async Task Commands_explain_themselves(string command)
    {
        var ended = await CliProcess.RunAsync(null, [.. command.Split(' '), "--help"]);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains($"waggle {command}", ended.Output, StringComparison.Ordinal);
        Assert.Contains("--json", ended.Output, StringComparison.Ordinal);
    }
}
