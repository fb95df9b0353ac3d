using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Limits by key through the SDK and REST, on a real hub over SQLite.</summary>
public sealed class FlowControlTests
{
    private static readonly TaskSpec OfRepo = new() { Title = "Build", Concurrency = new("repo-7", 2) };
    private static readonly TaskSpec OfApi = new() { Title = "Call", Rate = new("api", 2, 3_600_000) };

    [Fact]
    public async Task Never_more_tasks_of_a_key_than_its_limit_run_at_a_time()
    {
        await using var hub = await RestHub.StartAsync();
        await using var client = await ClientAsync(hub);
        var handler = new Handler();
        await using var worker = await handler.StartAsync(hub, slots: 6);

        var created = await client.CreateTasksAsync([.. Enumerable.Repeat(OfRepo, 6)]);
        await Eventually.Async(() => handler.Running == 2, "two tasks of the key");
        var waiting = (await client.ShowTaskAsync(created[5].Id)).WaitingFor;
        var overRest = (await hub.GetAsync($"/api/v1/tasks/{created[5].Id}")).Is(200).Text("waiting_for");
        Assert.Equal(("concurrency:repo-7 (2 of 2)", waiting), (waiting, overRest));
        Assert.Contains("waggle_task_limited 4", await hub.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        handler.Gate.Release(6);
        foreach (var task in created) Assert.Equal(TaskState.Completed, (await client.WaitForCompletionAsync(task.Id)).State);
        Assert.Equal(2, handler.Most);
    }

    [Fact]
    public async Task A_restart_grants_no_place_of_a_period_twice()
    {
        await using var hub = await RestHub.StartAsync();
        string third;
        await using (var client = await ClientAsync(hub))
        {
            var handler = new Handler();
            handler.Gate.Release(3);
            await using var worker = await handler.StartAsync(hub, slots: 3);
            var created = await client.CreateTasksAsync([.. Enumerable.Repeat(OfApi, 3)]);
            foreach (var task in created.Take(2)) await client.WaitForCompletionAsync(task.Id);
            third = created[2].Id;
        }

        await hub.RestartAsync();
        await using var again = await ClientAsync(hub);
        await using var other = await new Handler().StartAsync(hub, slots: 3);
        var free = await again.CreateTaskAsync(new TaskSpec { Title = "Without a limit" });

        await Eventually.Async(async () => (await again.ShowTaskAsync(free.Id)).State == TaskState.Running, "work without a limit");
        var task3 = await again.ShowTaskAsync(third);
        Assert.Equal((TaskState.Pending, true), (task3.State, task3.WaitingFor?.StartsWith("rate:api (2 of 2 in 3600000 ms, until ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Held_tasks_of_a_key_count_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        string third;
        await using (var client = await ClientAsync(hub))
        {
            var handler = new Handler();
            await using var worker = await handler.StartAsync(hub, slots: 3);
            var created = await client.CreateTasksAsync([.. Enumerable.Repeat(OfRepo, 3)]);
            await Eventually.Async(() => handler.Running == 2, "two tasks of the key");
            third = created[2].Id;
            await hub.RestartAsync();
        }

        await using var again = await ClientAsync(hub);
        Assert.Equal("concurrency:repo-7 (2 of 2)", (await again.ShowTaskAsync(third)).WaitingFor);
    }

    [Fact]
    public async Task A_second_single_task_is_refused_or_answered_with_the_first()
    {
        await using var hub = await RestHub.StartAsync();
        var first = (await hub.SendAsync(HttpMethod.Post, "/api/v1/tasks", """{"title":"Sync","singleton":{"key":"sync"}}""")).Is(201).Text("id");

        (await hub.SendAsync(HttpMethod.Post, "/api/v1/tasks", """{"title":"Sync","singleton":{"key":"sync"}}""")).IsProblem(409, ErrorCodes.AlreadyExists);
        var second = await hub.SendAsync(HttpMethod.Post, "/api/v1/tasks", """{"title":"Sync","singleton":{"key":"sync","on_conflict":"return_existing"}}""");

        Assert.Equal((first, true), (second.Text("id"), (bool)second.Body["duplicate"]!));
    }

    [Theory]
    [InlineData("""{"concurrency":{"key":"a","limit":0}}""")]
    [InlineData("""{"concurrency":{"key":"a"}}""")]
    [InlineData("""{"concurrency":{"limit":1}}""")]
    [InlineData("""{"rate":{"key":"a","limit":-1,"per_ms":1000}}""")]
    [InlineData("""{"rate":{"key":"a","limit":1,"per_ms":1}}""")]
    [InlineData("""{"fairness":{"key":"a","weight":0}}""")]
    [InlineData("""{"singleton":{"key":"a","on_conflict":"explode"}}""")]
    [InlineData("""{"debounce":{"key":"","period_ms":1000}}""")]
    [InlineData("""{"debounce":{"key":"a","period_ms":-1}}""")]
    public async Task Wrong_limits_are_refused(string fields)
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/tasks", $$"""{"title":"x",{{fields[1..]}}""")).IsProblem(400, ErrorCodes.InvalidRequest);
    }

    private static Task<WaggleClient> ClientAsync(RestHub hub) => WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Http.BaseAddress! });

    // Counts the tasks that run at a time. Each waits until the test lets it go on.
    private sealed class Handler
    {
        private int _running;
        private int _most;

        public SemaphoreSlim Gate { get; } = new(0);

        public int Running => Volatile.Read(ref _running);

        public int Most => Volatile.Read(ref _most);

        public Task<WaggleWorker> StartAsync(RestHub hub, int slots) => WaggleWorker.StartAsync(
            new WaggleWorkerOptions { Url = hub.Http.BaseAddress!, AgentId = "w" + Guid.NewGuid().ToString("N")[..8], Slots = slots },
            async (_, stop) =>
            {
                var now = Interlocked.Increment(ref _running);
                InterlockedMax(now);
                try
                {
                    await Gate.WaitAsync(stop);
                    return RawJson.Parse("true");
                }
                finally
                {
                    Interlocked.Decrement(ref _running);
                }
            });

        private void InterlockedMax(int value)
        {
            for (var seen = Most; value > seen; seen = Most) Interlocked.CompareExchange(ref _most, value, seen);
        }
    }
}
