using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Waggle.Core.Hives.Metrics;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Hives;

/// <summary>
/// A hive and its owner's loop. All that changes the hive passes one loop: take what is queued, decide and react, match, commit once, then reply, assign and
/// publish.
/// There is no delay: a batch is what arrived during the last commit. Nothing uncommitted is ever visible.
/// </summary>
public sealed partial class Hive : IHive, IAsyncDisposable
{
    private readonly IStore _store;
    private readonly IBatchSink _sink;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HiveMetrics _metrics;
    private readonly Channel<Item> _inbox;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HiveEngine _engine;
    private readonly StoreWatch _watch;
    private readonly StoredEntities _stored;
    private readonly IBlobs? _blobs;
    private readonly HiveReader _reader;
    private readonly LogReader _logReader;
    private HiveClock _clock = null!;
    private Tenure _tenure = null!;
    private Task _loop = Task.CompletedTask;
    private Task _beside = Task.CompletedTask;
    private long _head;

    private Hive(IStore store, HiveOptions options, IBatchSink sink, TimeProvider time, Random dice, ILogger log, HiveMetrics metrics, IBlobs? blobs)
    {
        _store = store;
        Options = options;
        _sink = sink;
        _time = time;
        _log = log;
        _metrics = metrics;
        _watch = new StoreWatch(time);
        _stored = new StoredEntities(_watch, log);
        _engine = new HiveEngine(options, dice, log, _stored);
        _blobs = blobs;
        _reader = new HiveReader(this, store, _stored, blobs);
        _logReader = new LogReader(_reader, store, log);
        _inbox = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.InboxCapacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
        });
    }

    /// <summary>The kinds of entities that a hive keeps, for opening a store.</summary>
    public static IReadOnlyList<EntityKind> Kinds { get; } = [.. Features.All.SelectMany(f => f.Entities).Select(e => e.Kind)];

    public HiveOptions Options { get; }

    public Position Head => new(_tenure.Epoch, Volatile.Read(ref _head));

    public Task Completion => _loop;

    public StoreHealth Store => _watch.Read(_store.Fault, _loop.IsCompleted);

    /// <summary>Acquires the hive, loads what is open and starts its loop.</summary>
    /// <param name="blobs">Where long results go; left out: they stay in their records, and none can be uploaded.</param>
    /// <exception cref="StoreException">The store cannot be had, see its kinds.</exception>
    public static async Task<Hive> StartAsync(
        IStore store, HiveOptions options, IBatchSink sink, TimeProvider time, Random dice, ILogger log, CancellationToken cancel, HiveMetrics? metrics = null, IBlobs? blobs = null)
    {
        var hive = new Hive(store, options, sink, time, dice, log, metrics ?? HiveMetrics.Unread, blobs);
        hive._tenure = await store.AcquireAsync(options.Hive, time.GetUtcNow(), cancel);
        hive._clock = new HiveClock(time, hive._tenure.LastWriteAt);
        hive._head = hive._tenure.Head;
        hive._now = hive._clock.Now();
        await hive._engine.LoadAsync(store, hive._tenure, hive._now, cancel);
        LogStarted(log, options.Hive, hive._tenure.Epoch, hive._tenure.Head, hive._engine.State.OpenText());
        if (hive._tenure.Loss is { } loss) LogLoss(log, options.Hive, loss.Stored, loss.Acknowledged, hive.Head);
        hive.ReportLoaded();
        hive._metrics.Watch(() => hive._inbox.Reader.Count, () => hive.Head);
        hive._loop = Task.Run(hive.RunAsync, CancellationToken.None);
        hive._beside = Task.WhenAll(options.Features.Select(f => f.RunBesideAsync(hive._reader, time, log, hive._stopping.Token)));
        return hive;
    }

    public async ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel)
    {
        (command, var problem) = await command.PrepareAsync(_blobs, Options, cancel);
        var item = new Item(command, sink, tag);
        if (problem is not null)
        {
            Answer(item, new Outcome(null, problem, Head));
            return;
        }

        if (command.Bytes >= LargeCommand) await _largeCommands.WaitAsync(cancel);
        if (_inbox.Writer.TryWrite(item)) return;
        try
        {
            await _inbox.Writer.WriteAsync(item, cancel);
        }
        catch (ChannelClosedException)
        {
            Answer(item, Unavailable("The hub is stopping."));
        }
    }

    public async Task<Outcome<T>> AskAsync<T>(Command<T> command, CancellationToken cancel)
    {
        var waiter = new Waiter<T>();
        await SubmitAsync(command, waiter, null, cancel);
        return await waiter.Task.WaitAsync(cancel);
    }

    public Task<Outcome<T>> QueryAsync<T>(Query<T> query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.RunAsync(_reader, cancel);
    }

    public Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel) => _logReader.ReadAsync(after, maxRows, cancel);

    /// <summary>Takes no more commands, finishes those taken and ends the loop. The store stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_inbox.Writer.TryComplete() && _stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _beside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private readonly record struct Item(Command Command, IOutcomeSink? Sink, object? Tag);

    private sealed class Waiter<T> : TaskCompletionSource<Outcome<T>>, IOutcomeSink
    {
        public Waiter()
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
        }

        // The loop answers a command with a result of its own type.
        public void Complete(object? tag, in Outcome outcome) => TrySetResult(new(outcome.Value is T value ? value : default, outcome.Error, outcome.Head));
    }
}
