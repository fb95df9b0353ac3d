using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Usage, costs and budgets through the SDK and a real hub with tokens.</summary>
public sealed class SdkBudgetTests
{
    private const int Step = 20;

    [Fact]
    public async Task A_budget_that_ten_workers_spend_stops_them_and_starts_nothing_until_it_is_raised()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        await client.Budgets.SetAsync("ten", new BudgetSpec { Swarm = "default", Tokens = 1000 });
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var workers = new List<WaggleWorker>();
        try
        {
            for (var n = 1; n <= 10; n++) workers.Add(await WorkerAsync(hub, $"w{n}", finish.Task));
            var tasks = (await client.CreateTasksAsync([.. Enumerable.Range(1, 15).Select(n => new TaskSpec { Title = $"task {n}" })])).Select(t => t.Id).ToArray();
            await Eventually.Async(async () => (await client.Budgets.GetAsync("ten"))!.State == BudgetState.Spent, "the budget to be spent");
            await Eventually.Async(async () => (await ViewsAsync(client, tasks)).All(t => t.State == TaskState.Pending), "all workers to stop");

            var held = await ViewsAsync(client, tasks);
            Assert.All(held, t => Assert.StartsWith("budget:ten (", t.WaitingFor, StringComparison.Ordinal));
            var attempts = held.SelectMany(t => t.Attempts ?? []).ToArray();
            Assert.Equal(10, attempts.Length);
            Assert.All(attempts, a => Assert.Equal("stopped", a.Outcome));
            Assert.All(attempts, a => Assert.StartsWith("Budget 'ten' of swarm 'default' is spent: ", a.Error!.Message, StringComparison.Ordinal));

            // Each attempt in flight adds at most what it used since its last report, and that is in its last report before its end.
            var used = (await client.Budgets.GetAsync("ten"))!.Used;
            Assert.Equal(attempts.Sum(a => a.Usage!.InputTokens), used.InputTokens);
            Assert.Equal(used, (await client.Budgets.CostsAsync([CostGroup.Swarm])).Total);
            Assert.Equal(10, (await client.Budgets.CostsAsync([CostGroup.Agent])).Rows.Count);

            finish.SetResult();
            await client.Budgets.SetAsync("ten", new BudgetSpec { Swarm = "default", Tokens = 1_000_000 });
            foreach (var task in tasks) Assert.Equal(TaskState.Completed, (await client.WaitForCompletionAsync(task)).State);
        }
        finally
        {
            foreach (var worker in workers) await worker.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_usage_of_several_models_arrives_while_the_handler_runs_and_the_last_one_before_its_end()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = hub.Server.Url, Token = hub.Admin, AgentId = "w1", Slots = 1 }, async (work, cancel) =>
        {
            await work.ReportUsageAsync(new Usage { Model = "a", InputTokens = 10, CostUsd = 0.1m });
            await go.Task.WaitAsync(cancel);
            await work.ReportUsageAsync(new Usage { Model = "a", InputTokens = 30, CostUsd = 0.3m });
            await work.ReportUsageAsync(new Usage { Model = "b", OutputTokens = 5, CostUsd = 0.05m });
            return RawJson.Parse("1");
        });
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "two models" });
        await Eventually.Async(async () => (await client.ShowTaskAsync(task.Id)).Usage?.InputTokens == 10, "the first report");
        go.SetResult();

        await client.WaitForCompletionAsync(task.Id);
        var attempt = Assert.Single((await client.ShowTaskAsync(task.Id)).Attempts!);
        Assert.Equal(new Usage { InputTokens = 30, OutputTokens = 5, CostUsd = 0.35m, CostBasis = CostBasis.Reported }, attempt.Usage);
        Assert.Equal([("a", 0.3m), ("b", 0.05m)], (await client.Budgets.CostsAsync()).Rows.Select(r => (r.Model!, r.Usage.CostUsd!.Value)));
        Assert.Equal("NOT_FOUND", (await Assert.ThrowsAsync<WaggleException>(() => client.Budgets.RemoveAsync("none"))).Code);
        Assert.Null(await client.Budgets.GetAsync("none"));
    }

    [Fact]
    public async Task A_worker_cannot_raise_the_budget_that_stops_it()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var worker = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Token("w1", roles: ["worker"]) });

        var refused = await Assert.ThrowsAsync<WaggleException>(() => worker.Budgets.SetAsync("b", new BudgetSpec { Tokens = 1 }));
        Assert.Equal("FORBIDDEN", refused.Code);
        Assert.Empty(await worker.Budgets.ListAsync());
    }

    private static async Task<TaskView[]> ViewsAsync(WaggleClient client, string[] tasks) => await Task.WhenAll(tasks.Select(t => client.ShowTaskAsync(t)));

    // A worker that uses tokens until it is told to stop, as a model does.
    private static Task<WaggleWorker> WorkerAsync(AuthHub hub, string id, Task finish) => WaggleWorker.StartAsync(
        new WaggleWorkerOptions { Url = hub.Server.Url, Token = hub.Admin, AgentId = id, Slots = 1 },
        async (work, cancel) =>
        {
            for (var used = Step; !finish.IsCompleted; used += Step)
            {
                await work.ReportUsageAsync(new Usage { Model = "m", InputTokens = used });
                await Task.Delay(50, cancel);
            }

            return RawJson.Parse("1");
        });
}
