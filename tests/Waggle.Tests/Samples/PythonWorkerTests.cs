using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Samples;

/// <summary>The Python worker that uses the protocol directly.</summary>
public sealed class PythonWorkerTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_completes_a_task_and_fails_one()
    {
        await using var worker = SampleProcess.Python(await hub.UrlAsync());
        await worker.Output.WaitAsync("python-counter is connected");
        var client = await hub.ClientAsync();
        var done = await EndAsync(client, await CreateAsync(client, Spec("""{"text":"the way of the bees"}""")));
        Assert.Equal((TaskState.Completed, """{"words": 5}"""), (done.State, done.Result.ToString()));
        Assert.NotNull(done.Attempts!.Single().StartedAt);

        var failed = await EndAsync(client, await CreateAsync(client, Spec("{}")));
        Assert.Equal((TaskState.Failed, "KeyError"), (failed.State, failed.Error!.Code));
    }

    [Fact]
    public async Task It_renews_a_short_lease_obeys_a_cancellation_and_comes_back_to_a_hub_that_was_restarted()
    {
        await using var first = StartHub(0);
        var url = await UrlAsync(first);
        await using var worker = SampleProcess.Python(url, """
            def handle(task_input, progress, cancelled):
                progress(0.5, 'waiting')
                cancelled.wait()
            """);
        await worker.Output.WaitAsync("is connected");
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri(url) });

        // The lease without renewals has ended by the hub's time, because another task with a longer wait has expired.
        var task = await CreateAsync(client, Spec("1") with { LeaseMs = 6000 });
        await Eventually.Async(async () => (await client.ShowTaskAsync(task)).State == TaskState.Running, "the task runs");
        var other = await CreateAsync(client, Spec("1") with { ScheduleToStartMs = 8000, AssignTo = "absent" });
        Assert.Equal(TaskState.Expired, (await EndAsync(client, other)).State);
        var held = await client.ShowTaskAsync(task);
        Assert.Equal((TaskState.Running, 1), (held.State, held.Attempt));

        first.Signal(CliProcess.Terminate);
        Assert.Equal(0, (await first.EndAsync()).ExitCode);
        await using var second = StartHub(new Uri(url).Port);
        await UrlAsync(second);
        await Eventually.Async(() => worker.Output.All.Count(l => l.EndsWith("is connected", StringComparison.Ordinal)) == 2, "the worker is back");
        await client.CancelTaskAsync(task);
        var ended = await EndAsync(client, task);
        Assert.Equal((TaskState.Cancelled, 1), (ended.State, Assert.Single(ended.Attempts!).Attempt));
    }

    private static TaskSpec Spec(string input) => new() { Title = "of a sample", Type = "words", Input = RawJson.Parse(input), MaxAttempts = 1 };

    private static async Task<string> CreateAsync(WaggleClient client, TaskSpec spec) => (await client.CreateTaskAsync(spec)).Id;

    private static async Task<TaskView> EndAsync(WaggleClient client, string task) => await client.WaitForCompletionAsync(task).WaitAsync(Eventually.Patience);

    private CliProcess StartHub(int port) => CliProcess.Start(null, ["serve", "--port", $"{port}", "--no-compat-ports", "--data", _folder.File("data"), "--sync", "normal"]);

    private static async Task<string> UrlAsync(CliProcess hub) => (await hub.Output.WaitAsync("ready "))["ready ".Length..];
}
