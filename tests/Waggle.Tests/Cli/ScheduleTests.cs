namespace Waggle.Tests.Cli;

/// <summary><c>waggle schedule …</c> against a hub of its own process.</summary>
public sealed class ScheduleTests(HubFixture hub)
{
    [Fact]
    public async Task A_schedule_is_set_listed_run_paused_and_removed()
    {
        var swarm = await hub.NewSwarmAsync();
        var id = $"{swarm}-nightly";
        string[] set = ["schedule", "set", id, "nightly report", "--cron", "0 3 * * *", "--time-zone", "Europe/Berlin", "--swarm", swarm];
        var first = await hub.RunAsync(set);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Matches("(?m)^when: +0 3 \\* \\* \\* Europe/Berlin$", first.Output);
        Assert.Equal(first.Output, (await hub.RunAsync(set)).Output);

        var task = (await hub.RunAsync("schedule", "run", id, "--json")).Json.GetProperty("last_task").GetString()!;
        Assert.Equal("nightly report", (await hub.RunAsync("task", "show", task, "--json")).Json.GetProperty("spec").GetProperty("title").GetString());
        var again = await hub.RunAsync("schedule", "run", id);
        Assert.Equal((1, ""), (again.ExitCode, again.Output));
        Assert.Contains(task, again.Error, StringComparison.Ordinal);
        Assert.Matches($"(?m)^{id} +active +0 3 \\* \\* \\* Europe/Berlin +\\S+Z +\\S+Z +1 +0 +0 +nightly report$", (await hub.RunAsync("schedule", "list", "--swarm", swarm)).Output);
        Assert.Matches("(?m)^state: +paused$", (await hub.RunAsync("schedule", "pause", id)).Output);
        Assert.Matches("(?m)^state: +active$", (await hub.RunAsync("schedule", "resume", id)).Output);
        Assert.Equal(0, (await hub.RunAsync("schedule", "remove", id)).ExitCode);
        Assert.Equal(1, (await hub.RunAsync("schedule", "show", id)).ExitCode);
    }

    [Fact]
    public async Task An_interval_and_a_time_are_read_as_people_write_them()
    {
        var swarm = await hub.NewSwarmAsync();
        var every = await hub.RunAsync("schedule", "set", $"{swarm}-every", "tick", "--every", "90m", "--jitter", "30s", "--overlap", "queue", "--swarm", swarm, "--json");
        var spec = every.Json.GetProperty("spec");
        Assert.Equal((5_400_000, 30_000, "queue"), (spec.GetProperty("every_ms").GetInt64(), spec.GetProperty("jitter_ms").GetInt64(), spec.GetProperty("overlap").GetString()));
        var once = await hub.RunAsync("schedule", "set", $"{swarm}-once", "once", "--at", "2099-01-31T10:00:00+01:00", "--swarm", swarm, "--json");
        Assert.Equal("2099-01-31T09:00:00.000Z", once.Json.GetProperty("spec").GetProperty("run_at").GetString());
    }

    [Theory]
    [InlineData(2, "--every 'often' is not a duration", "--every", "often")]
    [InlineData(2, "--at 'soon' is not a time", "--at", "soon")]
    [InlineData(1, "Exactly one of cron, every_ms and run_at", "--every", "1m", "--cron", "@daily")]
    [InlineData(1, "is in the past", "--at", "2001-01-01")]
    public async Task A_wrong_option_is_one_line_of_error(int exit, string error, params string[] more)
    {
        var result = await hub.RunAsync(["schedule", "set", "wrong", "x", .. more]);

        Assert.Equal((exit, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }
}
