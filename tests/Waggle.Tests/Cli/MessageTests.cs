using System.Text.Json;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>Messages to the agent of <c>waggle worker --on-message</c>, against a hub of its own process.</summary>
public sealed class MessageTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_program_gets_each_message_in_order_by_its_variables_and_on_its_standard_input()
    {
        var (swarm, heard) = (await hub.NewSwarmAsync(), _folder.File("heard"));
        var command = $"printf '%s|%s|%s|' \"$WAGGLE_MESSAGE_ID\" \"$WAGGLE_MESSAGE_TEXT\" \"$WAGGLE_MESSAGE_CONTENT\" >> {heard}; cat >> {heard}; echo >> {heard}; echo noted";
        await using var worker = await WorkerAsync(swarm, $"{swarm}-1", command);
        var first = await SendAsync($"{swarm}-1", "\"hello\"");
        var second = await SendAsync($"{swarm}-1", "{\"look\":7}");

        Assert.Contains("noted", await worker.Output.WaitAsync("message handled"), StringComparison.Ordinal);
        await Eventually.Async(() => Task.FromResult(File.Exists(heard) && File.ReadAllText(heard).Count(c => c == '\n') == 2), "both messages");
        var lines = File.ReadAllLines(heard);
        Assert.StartsWith($"{first}|hello|\"hello\"|", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{second}||{{\"look\":7}}|", lines[1], StringComparison.Ordinal);
        using var document = JsonDocument.Parse(lines[1].Split('|', 4)[3]);
        Assert.Equal((second, swarm, 7), (Text(document, "message"), Text(document, "swarm"), document.RootElement.GetProperty("content").GetProperty("look").GetInt32()));
    }

    [Fact]
    public async Task A_message_whose_program_was_killed_with_its_worker_comes_again_and_is_acknowledged_after_exit_0()
    {
        var (swarm, begun, done) = (await hub.NewSwarmAsync(), _folder.File("begun"), _folder.File("done"));
        string sent;
        await using (var first = await WorkerAsync(swarm, $"{swarm}-1", $"echo x > {begun}; sleep 1000"))
        {
            sent = await SendAsync($"{swarm}-1", "1");
            await Eventually.Async(() => Task.FromResult(File.Exists(begun)), "the start of the command");
            first.Kill();
        }

        await using var second = await WorkerAsync(swarm, $"{swarm}-1", $"echo $WAGGLE_MESSAGE_ID >> {done}");
        await second.Output.WaitAsync("message handled");
        Assert.Equal([sent], File.ReadAllLines(done));
    }

    [Fact]
    public async Task A_program_that_fails_is_run_three_times_and_the_next_message_comes_after_it()
    {
        var (swarm, tries) = (await hub.NewSwarmAsync(), _folder.File("tries"));
        var command = $"echo $WAGGLE_MESSAGE_TEXT >> {tries}; test \"$WAGGLE_MESSAGE_TEXT\" = good || {{ echo no sense >&2; exit 3; }}";
        await using var worker = await WorkerAsync(swarm, $"{swarm}-1", command);
        var bad = await SendAsync($"{swarm}-1", "\"bad\"");
        await SendAsync($"{swarm}-1", "\"good\"");

        await worker.Output.WaitAsync("message handled");
        Assert.Matches($"(?m)message failed {bad} The command ended with code 3\\. no sense$", worker.Output.Text);
        Assert.Equal(["bad", "bad", "bad", "good"], File.ReadAllLines(tries));
    }

    private static string? Text(JsonDocument document, string name) => document.RootElement.GetProperty(name).GetString();

    private async Task<string> SendAsync(string agent, string content)
    {
        var sent = await hub.RunAsync("agent", "send", agent, content, "--json");
        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        return sent.Json.GetProperty("messages")[0].GetProperty("message").GetString()!;
    }

    private async Task<CliProcess> WorkerAsync(string swarm, string name, string command)
    {
        // A worker that was killed leaves its name in use, unless its secret is known.
        var secret = new Dictionary<string, string> { ["WAGGLE_AGENT_SECRET"] = $"the secret of {name}" };
        var worker = CliProcess.Start(await hub.UrlAsync(), ["worker", "--exec", "true", "--swarm", swarm, "--name", name, "--on-message", command], variables: secret);
        await worker.Output.WaitAsync("connected");
        return worker;
    }
}
