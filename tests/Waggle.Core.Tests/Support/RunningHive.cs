using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Support;

/// <summary>A hive with its own loop, on a store in memory and a clock that the test moves.</summary>
internal sealed class RunningHive : IBatchSink, IAsyncDisposable
{
    private RunningHive(MemoryStore store, FakeTime time)
    {
        Store = store;
        Time = time;
    }

    public MemoryStore Store { get; }

    public FakeTime Time { get; }

    public Hive Hive { get; private set; } = null!;

    public ConcurrentQueue<SealedBatch> Batches { get; } = new();

    public IEnumerable<Record> Records => Batches.SelectMany(b => b.Records);

    /// <summary>Called with each batch before it is taken.</summary>
    public Func<SealedBatch, ValueTask>? OnPublish { get; set; }

    public static async Task<RunningHive> StartAsync(HiveOptions? options = null, MemoryStore? store = null, FakeTime? time = null)
    {
        var running = new RunningHive(store ?? new MemoryStore(Hive.Kinds), time ?? new FakeTime());
        var parts = new HiveParts
        {
            Store = running.Store,
            Sink = running,
            Time = running.Time,
            Dice = new Random(1),
            Log = NullLogger.Instance,
            Options = options ?? new HiveOptions(),
        };
        running.Hive = await Hive.StartAsync(parts, CancellationToken.None);
        return running;
    }

    public async ValueTask PublishAsync(SealedBatch batch)
    {
        if (OnPublish is { } hook) await hook(batch);
        Batches.Enqueue(batch);
    }

    public Task<Outcome<T>> Ask<T>(Command<T> command) => Eventually.Get(Hive.AskAsync(command, CancellationToken.None), command.GetType().Name);

    public Task<Outcome<TasksCreated>> Create(params TaskSpec[] specs) => Ask(new CreateTasks(specs.Length == 0 ? [new() { Title = "t" }] : specs) { By = TestHive.User });

    public async Task<string> CreateOne() => (await Create()).Value!.Tasks[0].Id;

    public async Task<FakeLink> Attach(string agent = "a1", int slots = 1)
    {
        var link = new FakeLink();
        var outcome = await Ask(new AttachAgent(new AgentHello { Secret = $"the secret of {agent}, well kept", Slots = slots }, agent, link) { By = TestHive.User });
        Assert.Null(outcome.Error);
        return link;
    }

    public Task<Outcome<TaskAck>> Complete(LeaseRef lease, string agent = "a1") =>
        Ask(new CompleteTask(lease, RawJson.Parse("42"), null) { By = TestHive.User with { Subject = agent, Agent = agent } });

    public ValueTask DisposeAsync() => Hive.DisposeAsync();
}
