using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.Server;
using Waggle.Storage.Sqlite;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec;

/// <summary>A worker process that hangs, with a hub whose clock the test moves.</summary>
public sealed class StoppedWorkerTests : IDisposable
{
    // If the clock advances by more than a second between two turns, the hub assumes that it was suspended and renews every lease.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(900);

    private readonly TempFolder _folder = new();
    private readonly FakeTime _time = new();

    public StoppedWorkerTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads the state of a process from /proc.");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_worker_that_hangs_and_is_the_only_one_that_fits_is_given_a_task_once_and_does_it_when_it_goes_on()
    {
        var data = _folder.File("data");
        await using var hub = await WaggleServer.StartAsync(new WaggleServerOptions
        {
            Port = 0,
            DataFolder = data,
            Time = _time,
            Sqlite = new SqliteStoreOptions { Folder = data, Synchronous = SqliteSynchronous.Normal, ReserveBytes = 64 * 1024 },
        });
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Url });
        await using var worker = CliProcess.Start($"{hub.Url}", ["worker", "--name", "only", "--exec", "echo done"]);
        await worker.Output.WaitAsync("connected");
        worker.Signal(CliProcess.Stop);
        await Pids.UntilAsync(() => File.ReadAllText($"/proc/{worker.Id}/stat").Contains(") T ", StringComparison.Ordinal), "the worker did not stop");

        var task = await client.CreateTaskAsync(new TaskSpec { Title = "for the only one" });
        await Eventually.Async(async () => (await client.ShowTaskAsync(task.Id)).State == TaskState.Assigned, "the assignment");

        // Ten times the lease: three losses would make the task a dead letter.
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(5); passed += Step)
        {
            _time.Advance(Step);
            var now = await client.ShowTaskAsync(task.Id);
            Assert.True(now.State is TaskState.Assigned or TaskState.Pending, $"{now.State}");
            Assert.Equal((1, 0, 0), (now.Attempt, now.Losses, now.Failures));
        }

        var waiting = await client.ShowTaskAsync(task.Id);
        Assert.Equal(TaskState.Pending, waiting.State);
        Assert.NotNull(waiting.UnschedulableReason);

        worker.Signal(CliProcess.Continue);
        var done = await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience);
        Assert.Equal((TaskState.Completed, 0, 0), (done.State, done.Losses, done.Failures));
    }
}
