using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Samples;

/// <summary>
/// A small life of a hive: what a sample folder holds, and what a later version must be able to go on with. A new version's sample is made by
/// <c>dotnet run --project tests/Waggle.Storage.Sqlite.Tests -- child sample tests/Waggle.Storage.Sqlite.Tests/Samples/VERSION</c>; samples of released versions never change.
/// </summary>
internal sealed class SampleHive : IAsyncDisposable
{
    public const string Agent = "agent-sample";

    private readonly SqliteStore _store;

    private SampleHive(SqliteStore store, Hive hive) => (_store, Hive) = (store, hive);

    public Hive Hive { get; }

    public Principal Operator { get; } = Principal.Local("default", "sample");

    public static async Task<SampleHive> OpenAsync(string folder, TimeProvider time)
    {
        var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, ReserveBytes = 0 }, Hive.Kinds, time);
        var hive = await Hive.StartAsync(new HiveParts { Store = store, Sink = new NoSink(), Time = time, Dice = new Random(1), Log = NullLogger.Instance }, default);
        return new SampleHive(store, hive);
    }

    /// <summary>One task completed by an agent, one that it held at the end, one that waits, one that is blocked by it, one cancelled; and since 2026-11-29
    /// a paused swarm with an agent that was declared, a conversation and a notification; and since memory exists a shared entry and one of the swarm that ends
    /// after 30 days; and since swarms have more than agents what <see cref="SwarmSample"/> adds.</summary>
    public static async Task MakeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await using var sample = await OpenAsync(folder, TimeProvider.System);
        await sample.CreateAsync(new TaskSpec { Title = "completed", IdempotencyKey = "sample-1" });
        await sample.CompleteNextAsync();
        await sample.CreateAsync(new TaskSpec { Title = "held" });
        await sample.AttachAsync();
        var waits = await sample.CreateAsync(Unfit("waits"));
        await sample.CreateAsync(Unfit("blocked") with { DependsOn = [waits] });
        await sample.AskAsync(new CancelTask(await sample.CreateAsync(Unfit("cancelled")), "for the sample", Force: false) { By = sample.Operator });
        await sample.AskAsync(new CreateSwarm("Bees", "bees") { By = sample.Operator });
        await sample.AskAsync(new SetSwarmState("bees", SwarmState.Paused) { By = sample.Operator });
        await sample.AskAsync(new DeclareAgent("declared", "Declared", "coder", "bees", new Dictionary<string, double> { ["code"] = 0.5 }) { By = sample.Operator });
        await sample.AskAsync(new OpenConversation("talk", "Talk") { By = sample.Operator });
        await sample.AskAsync(new PostMessage("talk", "Hello") { By = sample.Operator });
        await sample.AskAsync(new SendNotification(NotificationLevel.Info, "Mind this") { By = sample.Operator });
        await sample.AskAsync(new PutMemory("notes", "plan", RawJson.Parse("""{"step":1}""")) { By = sample.Operator });
        await sample.AskAsync(new PutMemory("notes", "short", RawJson.Parse("2"), "bees", Ttl: TimeSpan.FromDays(30)) { By = sample.Operator });
        await SwarmSample.AddAsync(sample);
    }

    public async Task<string> CreateAsync(TaskSpec spec) =>
        (await AskAsync(new CreateTasks([spec]) { By = Operator }))!.Tasks[0].Id;

    public async Task<IReadOnlyDictionary<string, TaskView>> TasksAsync() =>
        (await Hive.QueryAsync(new ListTasks(new TaskList()) { By = Principal.Local("default", "test") }, default)).Value!.Tasks.ToDictionary(t => t.Spec.Title, StringComparer.Ordinal);

    /// <summary>The agent comes and gets what there is for it.</summary>
    public async Task<LeaseRef> AttachAsync(params LeaseRef[] holding)
    {
        var link = new Link();
        var hello = new AgentHello { Secret = "sample-secret-0123456789", Slots = 1, Holding = holding };
        var welcome = (await AskAsync(new AttachAgent(hello, Agent, link) { By = Operator }))!;
        return welcome.Keep is [var kept, ..] ? kept : await link.Assigned.Task.WaitAsync(Eventually.Patience);
    }

    public async Task CompleteNextAsync(params LeaseRef[] holding)
    {
        var lease = await AttachAsync(holding);
        var by = Operator with { Subject = Agent, Agent = Agent };
        await AskAsync(new CompleteTask(lease, RawJson.Parse("""{"ok":true}"""), null) { By = by });
    }

    public async Task<T?> AskAsync<T>(Command<T> command)
    {
        var outcome = await Hive.AskAsync(command, default);
        return outcome.Error is { } error ? throw new InvalidOperationException($"{command.GetType().Name}: {error.Message}") : outcome.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await Hive.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static TaskSpec Unfit(string title) => new() { Title = title, Requires = new Dictionary<string, double>(StringComparer.Ordinal) { ["nobody-has-this"] = 1 } };

    private sealed class NoSink : IBatchSink
    {
        public ValueTask PublishAsync(SealedBatch batch) => ValueTask.CompletedTask;
    }

    private sealed class Link : IAgentLink
    {
        public TaskCompletionSource<LeaseRef> Assigned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Assign(Assignment assignment) => Assigned.TrySetResult(assignment.Lease);

        public void Cancel(LeaseRef lease, string? reason, TimeSpan grace)
        {
        }

        public void Stop(LeaseRef lease, string reason)
        {
        }

        public void RequestVote(VoteRequested request)
        {
        }

        public void Close(int code, string reason)
        {
        }
    }
}
