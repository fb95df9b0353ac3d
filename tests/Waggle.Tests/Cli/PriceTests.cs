using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>A hub with the operator's prices, a worker of its own process, and the costs that <c>waggle cost</c> prints.</summary>
public sealed class PriceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_hub_prices_what_workers_do_not_and_leaves_the_rest()
    {
        var prices = _folder.File("prices.json");
        await File.WriteAllTextAsync(prices, """{"models": {"model-5": {"input": 3, "cached": 0.3, "output": 15}, "own": {"input": 1, "output": 1}}}""", TestContext.Current.CancellationToken);
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data"), "--sync", "normal"], variables: new Dictionary<string, string> { ["WAGGLE_PRICES"] = prices });
        var url = (await hub.Output.WaitAsync("ready "))["ready ".Length..];
        await using var worker = CliProcess.Start(url, ["worker", "--name", "w", "--slots", "3", "--exec", "eval \"$WAGGLE_TASK_PROMPT\""]);
        await worker.Output.WaitAsync("connected");
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri(url), ConnectTimeout = Eventually.Patience, AttemptTimeout = Eventually.Patience });

        var priced = await RunAsync(client, """{"usage": {"model": "model-5", "input_tokens": 1000, "cached_tokens": 400, "output_tokens": 7}}""");
        var reported = await RunAsync(client, """{"usage": {"model": "own", "input_tokens": 1000, "output_tokens": 7, "cost_usd": 0.5}}""");
        var unknown = await RunAsync(client, """{"usage": {"model": "nobody-knows", "input_tokens": 5}}""");

        Assert.Equal((CostBasis.Priced, 0.002025m), (priced.CostBasis, priced.CostUsd));
        Assert.Equal((CostBasis.Reported, 0.5m), (reported.CostBasis, reported.CostUsd));
        Assert.Equal((null, null, 5), (unknown.CostBasis, unknown.CostUsd, unknown.InputTokens));
        var report = (await CliProcess.RunAsync(url, "cost", "--json")).Json;
        var rows = report.GetProperty("rows").EnumerateArray().ToDictionary(r => r.GetProperty("model").GetString()!, r => r.GetProperty("usage"));
        Assert.Equal((0.002025m, 0.5m, 0.502025m), (Cost(rows["model-5"]), Cost(rows["own"]), Cost(report.GetProperty("total"))));
        Assert.Equal((1, false), (rows["nobody-knows"].GetProperty("unknown_costs").GetInt32(), rows["nobody-knows"].TryGetProperty("cost_usd", out _)));
        Assert.Matches("(?m)^model-5 +1000 +400 +7 +0 +0\\.002025 +0$", (await CliProcess.RunAsync(url, "cost")).Output);
        Assert.Matches("(?m)^nobody-knows +5 +0 +0 +0 +. +1$", (await CliProcess.RunAsync(url, "cost", "--by", "model")).Output);
    }

    [Fact]
    public async Task A_hub_with_wrong_prices_does_not_start()
    {
        var prices = _folder.File("prices.json");
        await File.WriteAllTextAsync(prices, """{"models": {"model-5": {"input": 3}}}""", TestContext.Current.CancellationToken);
        var ended = await CliProcess.RunAsync(null, "serve", "--port", "0", "--data", _folder.File("data"), "--prices", prices);

        Assert.Equal((2, "", $"waggle: {prices}, models.model-5: output is required."), (ended.ExitCode, ended.Output, ended.Error));
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    private static async Task<Usage> RunAsync(WaggleClient client, string line)
    {
        var input = RawJson.Parse(JsonSerializer.Serialize(new { prompt = $"echo '{line}'" }));
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "t", Input = input });
        var ended = await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience);
        Assert.Equal(TaskState.Completed, ended.State);
        return ended.Usage!;
    }

    private static decimal Cost(JsonElement usage) => usage.GetProperty("cost_usd").GetDecimal();
}
