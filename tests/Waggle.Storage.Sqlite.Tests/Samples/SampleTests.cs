using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Consensus;
using Waggle.Core.Memory;
using Waggle.Core.Messaging;
using Waggle.Core.Notifications;
using Waggle.Core.Runners;
using Waggle.Core.Swarms;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Storage.Sqlite.Backups;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Samples;

/// <summary>
/// The upgrade rule of docs/operations.md: a folder of any released version opens, is complete, and continues. The clock starts at the time of the folder's
/// last write, so the date of the test does not matter.
/// </summary>
public sealed class SampleTests
{
    public static TheoryData<string> Versions { get; } = [.. Directory.EnumerateDirectories(Path.Combine(AppContext.BaseDirectory, "Samples")).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_folder_of_each_version_opens_and_goes_on(string version)
    {
        using var folder = Copy(version);
        await using var hive = await SampleHive.OpenAsync(folder.Path, new FakeTime(LastWrite(folder)));
        var tasks = await hive.TasksAsync();
        Assert.Equal(
            ["blocked:Blocked", "cancelled:Cancelled", "completed:Completed", "held:Assigned", "waits:Pending"],
            tasks.Values.Select(t => $"{t.Spec.Title}:{t.State}").Order(StringComparer.Ordinal));

        // The log of the first epoch is readable from its beginning.
        var history = await hive.Hive.ReadAsync(new Position(1, 0), 1000, default);
        Assert.True(history.Known);
        Assert.Contains(history.Records, r => r.Kind == "task_completed");

        await GoesOnAsync(hive, tasks["held"]);
        Assert.Equal(tasks["completed"].Id, await hive.CreateAsync(new TaskSpec { Title = "completed", IdempotencyKey = "sample-1" }));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_folder_that_was_closed_for_400_days_forgets_what_has_ended_and_goes_on_with_what_has_not(string version)
    {
        using var folder = Copy(version);
        await using var hive = await SampleHive.OpenAsync(folder.Path, new FakeTime(LastWrite(folder).AddDays(400)));
        await Eventually.Async(async () => !(await hive.TasksAsync()).ContainsKey("completed"), "the completed task is forgotten");
        await Eventually.Async(async () => !(await hive.Hive.ReadAsync(new Position(1, 0), 1000, default)).Known, "the log of the first epoch is forgotten, and its positions with it");
        var tasks = await hive.TasksAsync();
        Assert.Equal(["blocked:Blocked", "held:Assigned", "waits:Pending"], tasks.Values.Select(t => $"{t.Spec.Title}:{t.State}").Order(StringComparer.Ordinal));

        await GoesOnAsync(hive, tasks["held"]);
    }

    [Fact]
    public async Task A_folder_keeps_its_swarms_agents_conversations_and_notifications()
    {
        using var folder = Copy("0.1.0-2026-11-29");
        await using var hive = await SampleHive.OpenAsync(folder.Path, new FakeTime(LastWrite(folder)));
        var (asked, by) = (hive.Hive, hive.Operator);
        var swarm = (await asked.AskAsync(new ShowSwarm("bees") { By = by }, default)).Value!;
        Assert.Equal(("Bees", SwarmState.Paused, 1), (swarm.Name, swarm.State, swarm.Agents));
        var agent = (await asked.AskAsync(new ShowAgent("declared") { By = by }, default)).Value!;
        Assert.Equal(("coder", AgentStatus.Offline, 0.5), (agent.Type, agent.Status, agent.Capabilities["code"]));
        Assert.Equal("Talk", Assert.Single((await asked.QueryAsync(new ListConversations { By = by }, default)).Value!.Conversations).Title);
        Assert.Equal("Hello", Assert.Single((await asked.QueryAsync(new ListMessages("talk") { By = by }, default)).Value!.Messages).Content);
        Assert.Equal("Mind this", Assert.Single((await asked.QueryAsync(new ListUnseen { By = by }, default)).Value!.Notifications).Message);
    }

    [Fact]
    public async Task A_folder_keeps_its_memory_and_ends_what_is_over()
    {
        using var folder = Copy("0.1.0-2026-11-29-memory");
        await using (var hive = await SampleHive.OpenAsync(folder.Path, new FakeTime(LastWrite(folder))))
        {
            Assert.Equal("""{"step":1}""", (await GetAsync(hive, "plan", null))!.Value.ToString());
            Assert.Equal("2", (await GetAsync(hive, "short", "bees"))!.Value.ToString());
            Assert.Equal([(null, 1L, 10L), ("bees", 1L, 1L)], await NamespacesAsync(hive));
        }

        await using var later = await SampleHive.OpenAsync(folder.Path, new FakeTime(LastWrite(folder).AddDays(400)));
        Assert.Equal("""{"step":1}""", (await GetAsync(later, "plan", null))!.Value.ToString());
        Assert.Null(await GetAsync(later, "short", "bees"));
        await Eventually.Async(async () => (await NamespacesAsync(later)).Count == 1, "the end of the entry");
    }

    [Fact]
    public async Task A_folder_keeps_the_votes_topology_messages_and_processes_of_its_swarm_and_goes_on_with_them()
    {
        using var folder = Copy("0.1.0-2026-11-29-swarm");
        await using var hive = await SampleHive.OpenAsync(folder.Path, new FakeTime(LastWrite(folder)));
        Assert.Equal(ProposalState.Accepted, (await hive.AskAsync(new ShowProposal("accepted") { By = hive.Operator }))!.State);
        var open = (await hive.AskAsync(new ShowProposal("open") { By = hive.Operator }))!;
        Assert.Equal((ProposalState.Open, 2, 1), (open.State, open.Electors, open.Voted));
        await SwarmSample.VoteAsync(hive, "open", "declared", "yes");
        await SwarmSample.VoteAsync(hive, "open", "second", "yes");
        Assert.Equal(2, (await hive.AskAsync(new ShowProposal("open") { By = hive.Operator }))!.Voted);

        var topology = (await hive.AskAsync(new ShowTopology("bees") { By = hive.Operator }))!.Topology;
        Assert.Equal((TopologyKind.Star, "one speaks for all"), (topology.Kind, topology.Reason));
        var inbox = (await hive.AskAsync(new ReadInbox { By = hive.Operator with { Subject = "declared", Agent = "declared" } }))!;
        Assert.Equal("""{"say":"hello"}""", Assert.Single(inbox.Messages).Content.ToString());
        var spawn = Assert.Single((await hive.Hive.QueryAsync(new ListSpawns { By = hive.Operator }, default)).Value!.Spawns);
        Assert.Equal(("spawned", "sample-runner", 1, 1234), (spawn.Agent, spawn.Runner, spawn.Attempt, spawn.Pid!.Value));
    }

    [Fact]
    public async Task A_folder_that_was_closed_for_400_days_ends_what_its_swarm_waited_for()
    {
        using var folder = Copy("0.1.0-2026-11-29-swarm");
        await using var hive = await SampleHive.OpenAsync(folder.Path, new FakeTime(LastWrite(folder).AddDays(400)));
        await Eventually.Async(
            async () => (await hive.Hive.AskAsync(new ShowProposal("open") { By = hive.Operator }, default)).Value is not { State: ProposalState.Open },
            "the proposal is closed");
        await Eventually.Async(
            async () => (await hive.AskAsync(new ReadInbox { By = hive.Operator with { Subject = "declared", Agent = "declared" } }))!.Messages.Count == 0,
            "the message has expired");
    }

    private static async Task<MemoryView?> GetAsync(SampleHive hive, string key, string? swarm) =>
        (await hive.Hive.QueryAsync(new GetMemory("notes", key, swarm) { By = hive.Operator }, default)).Value;

    private static async Task<List<(string?, long, long)>> NamespacesAsync(SampleHive hive) =>
        [.. (await hive.Hive.QueryAsync(new ListMemoryNamespaces { By = hive.Operator }, default)).Value!.Namespaces.Select(n => (n.Swarm, n.Entries, n.Bytes))];

    /// <summary>Work under way continues: the worker returns with its lease and completes. The hub accepts new work.</summary>
    private static async Task GoesOnAsync(SampleHive hive, TaskView held)
    {
        await hive.CompleteNextAsync(new Protocol.Messages.LeaseRef(held.Id, held.Attempt, held.Lease!.Token));
        Assert.Equal(TaskState.Completed, (await hive.TasksAsync())["held"].State);
        await hive.CreateAsync(new TaskSpec { Title = "new" });
        await hive.CompleteNextAsync();
        Assert.Equal(TaskState.Completed, (await hive.TasksAsync())["new"].State);
    }

    private static TempFolder Copy(string version)
    {
        var folder = new TempFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Samples", version, SqliteStore.FileName), folder.Database);
        return folder;
    }

    private static DateTimeOffset LastWrite(TempFolder folder) => SqliteFile.Read(folder.Database).Hives.Max(h => h.LastWriteAt);
}
