using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Commands.Operations;

/// <summary>A hub, its backup, and the hub that is restored from it.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Out_of_the_backup_of_a_running_hub_comes_a_hub_that_knows_its_tasks_and_not_its_positions()
    {
        Position before, after;
        string kept, lost;
        await using (var hub = Start("data"))
        {
            await using var client = await ConnectAsync(hub);
            kept = (await client.CreateTaskAsync(new TaskSpec { Title = "before the backup" })).Id;
            before = client.Welcome.Position;
            var backup = await CliProcess.RunAsync(null, "backup", _folder.File("backup.db"), "--data", _folder.File("data"), "--json");
            Assert.Equal(0, backup.ExitCode);
            Assert.StartsWith("1:", backup.Json.GetProperty("hives")[0].GetProperty("position").GetString(), StringComparison.Ordinal);
            lost = (await client.CreateTaskAsync(new TaskSpec { Title = "after it" })).Id;
            await using var later = await ConnectAsync(hub);
            after = later.Welcome.Position;
        }

        Assert.True(after.Offset > before.Offset);
        var refused = await CliProcess.RunAsync(null, "restore", _folder.File("backup.db"), "--data", _folder.File("data"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("overwrites nothing", refused.Error, StringComparison.Ordinal);

        var restored = await CliProcess.RunAsync(null, "restore", _folder.File("backup.db"), "--data", _folder.File("restored"));
        Assert.Equal(0, restored.ExitCode);
        await using var again = Start("restored");
        await using var returning = await ConnectAsync(again);
        Assert.Equal("before the backup", (await returning.ShowTaskAsync(kept)).Spec.Title);
        Assert.Equal(ErrorCodes.NotFound, (await Assert.ThrowsAsync<WaggleException>(() => returning.ShowTaskAsync(lost))).Code);
        foreach (var old in new[] { before, after })
        {
            await using var observer = returning.ObserveAsync(["task.#"], since: old);
            await foreach (var seen in observer)
            {
                Assert.IsType<NotRecovered>(seen);
                break;
            }
        }

        Assert.NotEqual(kept, (await returning.CreateTaskAsync(new TaskSpec { Title = "it goes on" })).Id);
    }

    private CliProcess Start(string data) => CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File(data), "--sync", "normal"]);

    private static async Task<WaggleClient> ConnectAsync(CliProcess hub) =>
        await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri((await hub.Output.WaitAsync("ready "))["ready ".Length..]) });
}
