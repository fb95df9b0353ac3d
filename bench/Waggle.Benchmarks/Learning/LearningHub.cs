using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Benchmarks.Store;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.Storage.Sqlite;

namespace Waggle.Benchmarks.Learning;

/// <summary>A hive on SQLite in this process, with the agents of a world. It checks each result against a schema, as for any client.</summary>
internal sealed class LearningHub(LearningWorld world) : IBatchSink, IAsyncDisposable
{
    private const string Right = "\"right\"";
    private const string Wrong = "\"wrong\"";

    private static readonly Principal User = Principal.Local("bench", "bench");
    private static readonly RawJson Schema = RawJson.Parse("""{ "const": "right" }""");

    private readonly Folder _folder = new();
    private readonly Channel<(int Agent, LeaseRef Lease)> _work = Channel.CreateUnbounded<(int, LeaseRef)>();
    private readonly Channel<bool> _ended = Channel.CreateUnbounded<bool>();
    private SqliteStore? _store;
    private Hive? _hive;

    public async Task StartAsync(int seed, bool isLearning)
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Folder = _folder.Path, Synchronous = SqliteSynchronous.Normal }, Hive.Kinds, TimeProvider.System);
        _hive = await Hive.StartAsync(
            new HiveParts
            {
                Store = _store,
                Options = new HiveOptions { Hive = "bench", AgentOfflineAfter = TimeSpan.FromHours(1), Learning = isLearning },
                Sink = this,
                Time = TimeProvider.System,
                Dice = new Random(seed),
                Log = NullLogger.Instance,
            },
            CancellationToken.None);
        for (var a = 0; a < world.Agents; a++)
        {
            var declared = Enumerable.Range(0, world.Capabilities).ToDictionary(Name, c => world.Declared(a, c));
            var hello = new AgentHello { Secret = "a secret of the benchmark", Capabilities = declared, Slots = 1 };
            await AskAsync(new AttachAgent(hello, Id(a), new Link(a, _work.Writer)) { By = User });
        }
    }

    /// <summary>Lets the hive assign a task, and the chosen agent do it. The next task begins when this one has ended.</summary>
    /// <returns>The agent that the hive chose, and whether the hive found its result right.</returns>
    public async Task<(int Agent, bool IsRight)> RunAsync(int capability, CancellationToken cancel)
    {
        var spec = new TaskSpec
        {
            Title = "try",
            Requires = new Dictionary<string, double> { [Name(capability)] = 0 },
            MaxAttempts = 1,
            Verify = new() { Schema = Schema },
        };
        await AskAsync(new CreateTasks([spec]) { By = User });
        var (agent, lease) = await _work.Reader.ReadAsync(cancel);
        var result = world.Try(agent, capability) ? Right : Wrong;
        await AskAsync(new CompleteTask(lease, RawJson.Parse(result), null) { By = User with { Agent = Id(agent) } });
        var isRight = await _ended.Reader.ReadAsync(cancel);
        return isRight == (result == Right) ? (agent, isRight) : throw new BenchException("The hub's check found another outcome than the agent's result has.");
    }

    public ValueTask PublishAsync(SealedBatch batch)
    {
        foreach (var record in batch.Records)
        {
            if (record.Payload is Core.Tasks.TaskCompleted) _ended.Writer.TryWrite(true);
            else if (record.Payload is TaskFailed) _ended.Writer.TryWrite(false);
        }

        return default;
    }

    public async ValueTask DisposeAsync()
    {
        if (_hive is not null) await _hive.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
        _folder.Dispose();
    }

    private static string Name(int capability) => string.Create(CultureInfo.InvariantCulture, $"skill-{capability}");

    private static string Id(int agent) => string.Create(CultureInfo.InvariantCulture, $"a{agent}");

    private async Task AskAsync<T>(Command<T> command)
    {
        if ((await _hive!.AskAsync(command, CancellationToken.None)).Error is { } error) throw new BenchException($"{command.GetType().Name}: {error.Message}");
    }

    private sealed class Link(int agent, ChannelWriter<(int Agent, LeaseRef Lease)> work) : IAgentLink
    {
        public void Assign(Assignment assignment) => work.TryWrite((agent, assignment.Lease));

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
