using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle cost</c> and <c>waggle budget</c> against a hub and a worker of their own processes.</summary>
public sealed class BudgetTests(HubFixture hub)
{
    [Fact]
    public async Task Costs_are_printed_by_what_was_asked_for()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await WorkerAsync(swarm);
        await RunAsync(swarm, """{"usage": {"model": "m1", "input_tokens": 900, "cached_tokens": 100, "output_tokens": 50, "reasoning_tokens": 20, "cost_usd": 0.1}}""");
        await RunAsync(swarm, """{"usage": {"model": "m1", "input_tokens": 100, "cost_usd": 0.2}}""");
        await RunAsync(swarm, """{"usage": {"model": "m2", "output_tokens": 3}}""");
        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        var byModel = await hub.RunAsync("cost", "--swarm", swarm);
        Assert.Equal((0, ""), (byModel.ExitCode, byModel.Error));
        Assert.Matches("(?m)^MODEL +INPUT +CACHED +OUTPUT +REASONING +USD +UNKNOWN COSTS$", byModel.Output);
        Assert.Matches("(?m)^m1 +1000 +100 +50 +20 +0\\.30 +0$", byModel.Output);
        Assert.Matches("(?m)^total +1000 +100 +53 +20 +0\\.30 +1$", byModel.Output);
        Assert.Matches($"(?m)^{swarm} +{swarm}-w +m2 +0 +0 +3 ", (await hub.RunAsync("cost", "--by", "swarm", "agent", "model", "--swarm", swarm)).Output);
        Assert.Matches("(?m)^20..-..-.. +1000 ", (await hub.RunAsync("cost", "--by", "day", "--from", "2026-01-01", "--to", today, "--swarm", swarm, "--model", "m1")).Output);
        var json = (await hub.RunAsync("cost", "--json", "--swarm", swarm, "--agent", $"{swarm}-w", "--model", "m1")).Json;
        Assert.Equal((1, 0.3m), (json.GetProperty("rows").GetArrayLength(), json.GetProperty("total").GetProperty("cost_usd").GetDecimal()));
    }

    [Fact]
    public async Task A_budget_is_set_spent_raised_and_removed()
    {
        var swarm = await hub.NewSwarmAsync();
        var id = $"{swarm}-b";
        var set = await hub.RunAsync("budget", "set", id, "--swarm", swarm, "--tokens", "1000", "--cost", "2.50", "--day");
        Assert.Equal((0, ""), (set.ExitCode, set.Error));
        Assert.Matches($"(?m)^of: +swarm {swarm}$", set.Output);
        Assert.Matches("(?m)^period: +day$", set.Output);
        Assert.Matches("(?m)^state: +open$", set.Output);
        Assert.Matches("(?m)^USD: +0\\.00 of 2\\.50$", set.Output);

        await using var worker = await WorkerAsync(swarm);
        await RunAsync(swarm, """{"usage": {"model": "m", "input_tokens": 900, "output_tokens": 100, "cost_usd": 1.25}}""");
        Assert.Matches("(?m)^state: +spent$", (await hub.RunAsync("budget", "show", id)).Output);
        Assert.Matches($"(?m)^{id} +swarm {swarm} +day +spent +100 ?% +1000 of 1000 +1\\.25 of 2\\.50$", (await hub.RunAsync("budget", "list")).Output);
        var client = await hub.ClientAsync();
        var waiting = await client.CreateTaskAsync(new TaskSpec { Title = "held", Swarm = swarm, Input = Prompt("true") });
        var shown = await hub.RunAsync("task", "show", waiting.Id);
        Assert.Matches($"(?m)^waiting for: +budget:{id} \\(1\\.25 of 2\\.5 USD, 1000 of 1000 tokens\\)$", shown.Output);

        var raised = await hub.RunAsync("budget", "set", id, "--swarm", swarm, "--tokens", "5000", "--cost", "2.50", "--day", "--json");
        Assert.Equal("open", raised.Json.GetProperty("state").GetString());
        Assert.Equal(TaskState.Completed, (await client.WaitForCompletionAsync(waiting.Id).WaitAsync(Eventually.Patience)).State);
        Assert.Equal(0, (await hub.RunAsync("budget", "rm", id)).ExitCode);
        var gone = await hub.RunAsync("budget", "show", id);
        Assert.Equal((1, "", $"waggle: There is no budget '{id}'."), (gone.ExitCode, gone.Output, gone.Error));
    }

    [Theory]
    [InlineData(1, "A budget has a limit: tokens, cost_usd or both.", "budget", "set", "x")]
    [InlineData(1, "To let nothing start, pause the swarm.", "budget", "set", "x", "--tokens", "0")]
    [InlineData(1, "There is no swarm 'nowhere'", "budget", "set", "x", "--tokens", "1", "--swarm", "nowhere")]
    [InlineData(2, "--cost 'much' is not an amount of dollars such as 2.50.", "budget", "set", "x", "--cost", "much")]
    [InlineData(2, "--from 'yesterday' is not a day such as 2027-01-31.", "cost", "--from", "yesterday")]
    [InlineData(1, "is after to", "cost", "--from", "2027-01-31", "--to", "2027-01-01")]
    [InlineData(1, "There is no budget 'x-none'", "budget", "rm", "x-none")]
    public async Task A_wrong_request_is_one_line_of_error(int exit, string error, params string[] arguments)
    {
        var result = await hub.RunAsync(arguments);

        Assert.Equal((exit, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', result.Error);
    }

    private async Task<CliProcess> WorkerAsync(string swarm)
    {
        var worker = await hub.StartAsync("worker", "--swarm", swarm, "--name", $"{swarm}-w", "--exec", "eval \"$WAGGLE_TASK_PROMPT\"");
        await worker.Output.WaitAsync("connected");
        return worker;
    }

    private async Task RunAsync(string swarm, string line)
    {
        var client = await hub.ClientAsync();
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "t", Swarm = swarm, Input = Prompt($"echo '{line}'") });
        Assert.Equal(TaskState.Completed, (await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience)).State);
    }

    private static RawJson Prompt(string script) => RawJson.Parse(JsonSerializer.Serialize(new { prompt = script }));
}
