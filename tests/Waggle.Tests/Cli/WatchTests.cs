using System.Diagnostics;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle watch</c>.</summary>
public sealed class WatchTests(HubFixture hub)
{
    [Fact]
    public async Task A_line_for_each_record_and_at_the_end_the_position_to_go_on_from()
    {
        var client = await hub.ClientAsync();
        var swarm = await hub.NewSwarmAsync();
        await using var watch = await hub.StartAsync("watch", "task.*.created", "app.#");
        await watch.Error.WaitAsync("watching task.*.created app.#");
        var first = await client.CreateTaskAsync(new TaskSpec { Title = "seen", Swarm = swarm });
        Assert.Matches($"^\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d  task\\.{first.Id}\\.created  \"seen\"$", await watch.Output.WaitAsync(first.Id));
        watch.Signal(CliProcess.Interrupt);
        var ended = await watch.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        var position = ended.Error.Split('\n')[^1].Split("--since ")[1].Split('\'')[0];

        var second = await client.CreateTaskAsync(new TaskSpec { Title = "missed", Swarm = swarm });
        await using var again = await hub.StartAsync("watch", "task.*.created", "--since", position, "--json");
        var record = JsonDocument.Parse(await again.Output.WaitAsync(second.Id)).RootElement;
        Assert.Equal("task_created", record.GetProperty("kind").GetString());
        Assert.Equal("missed", record.GetProperty("data").GetProperty("title").GetString());
        Assert.DoesNotContain(first.Id + ".", again.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_applications_publish_is_shown_as_it_is()
    {
        await using var watch = await hub.StartAsync("watch", "app.#");
        await watch.Error.WaitAsync("watching");
        await (await hub.ClientAsync()).PublishAsync("app.chat", RawJson.Parse("{\"text\":\"hi\"}"));
        Assert.EndsWith("app.chat  {\"text\":\"hi\"}", await watch.Output.WaitAsync("app.chat"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_it_any_more()
    {
        Require.That(File.Exists("/bin/sh"), "There is no /bin/sh.");
        var client = await hub.ClientAsync();
        var start = new ProcessStartInfo("/bin/sh", ["-c", "dotnet \"$1\" watch --plain 'app.nobody' | head -1", "sh", Path.Combine(AppContext.BaseDirectory, "waggle.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["WAGGLE_URL"] = await hub.UrlAsync();
        start.Environment["XDG_CONFIG_HOME"] = "/nowhere";
        using var pipeline = Process.Start(start)!;
        Assert.StartsWith("watching", await pipeline.StandardError.ReadLineAsync(), StringComparison.Ordinal);
        for (var i = 0; !pipeline.HasExited && i < 200; i++)
        {
            await client.PublishAsync("app.nobody", RawJson.Parse($"{i}"));
            await Task.WhenAny(pipeline.WaitForExitAsync(), Task.Delay(100));
        }

        Assert.True(pipeline.HasExited, "The watch went on with nobody to read it.");
        Assert.EndsWith("app.nobody  0", (await pipeline.StandardOutput.ReadToEndAsync()).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_that_is_not_of_this_log_is_said_to_be_lost()
    {
        await using var watch = await hub.StartAsync("watch", "app.nothing", "--since", "99:1");
        Assert.Contains("99:1", await watch.Output.WaitAsync("--"), StringComparison.Ordinal);
        await using var json = await hub.StartAsync("watch", "app.nothing", "--since", "99:1", "--json");
        Assert.Equal("99:1", JsonDocument.Parse(await json.Output.WaitAsync("not_recovered")).RootElement.GetProperty("since").GetString());
    }
}
