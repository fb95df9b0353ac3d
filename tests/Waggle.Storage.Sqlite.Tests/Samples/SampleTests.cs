using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Storage.Sqlite.Tests.Samples;

/// <summary>The upgrade rule of docs/operations.md: a folder of any released version opens, is whole, and goes on.</summary>
public sealed class SampleTests
{
    public static TheoryData<string> Versions { get; } = [.. Directory.EnumerateDirectories(Path.Combine(AppContext.BaseDirectory, "Samples")).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_folder_of_each_version_opens_and_goes_on(string version)
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Samples", version, SqliteStore.FileName), folder.Database);
        await using var hive = await SampleHive.OpenAsync(folder.Path);
        var tasks = await hive.TasksAsync();
        Assert.Equal(
            ["blocked:Blocked", "cancelled:Cancelled", "completed:Completed", "held:Assigned", "waits:Pending"],
            tasks.Values.Select(t => $"{t.Spec.Title}:{t.State}").Order(StringComparer.Ordinal));

        // The log of the first epoch is readable from its beginning.
        var history = await hive.Hive.ReadAsync(new Position(1, 0), 1000, default);
        Assert.True(history.Known);
        Assert.Contains(history.Records, r => r.Kind == "task_completed");

        // What was under way goes on: the worker comes back with its lease and completes; a key that was used is still known.
        var held = tasks["held"];
        await hive.CompleteNextAsync(new Protocol.Messages.LeaseRef(held.Id, held.Attempt, held.Lease!.Token));
        Assert.Equal(TaskState.Completed, (await hive.TasksAsync())["held"].State);
        Assert.Equal(tasks["completed"].Id, await hive.CreateAsync(new TaskSpec { Title = "completed", IdempotencyKey = "sample-1" }));
        await hive.CreateAsync(new TaskSpec { Title = "new" });
        await hive.CompleteNextAsync();
        Assert.Equal(TaskState.Completed, (await hive.TasksAsync())["new"].State);
    }
}
