using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Hives;

/// <summary>A hive with its owner's loop, its readers and the background work of its features. Every change of the hive passes through the one loop.</summary>
public sealed partial class Hive : IHive, IAsyncDisposable
{
    internal const string Stopping = "The hub is stopping.";

    private readonly HiveParts _parts;
    private readonly Inbox _inbox;
    private readonly StoreWatch _watch;
    private readonly StoredEntities _stored;
    private readonly HiveReader _reader;
    private readonly LogReader _log;
    private readonly Answers _answers;
    private readonly CancellationTokenSource _stopping = new();
    private Committer _committer = null!;
    private Task _loop = Task.CompletedTask;
    private Task _beside = Task.CompletedTask;

    private Hive(HiveParts parts)
    {
        _parts = parts;
        _inbox = new Inbox(parts.Options.InboxCapacity);
        _watch = new StoreWatch(parts.Time);
        _stored = new StoredEntities(_watch, parts.Log);
        _reader = new HiveReader(this, parts.Store, _stored, parts.Blobs, parts.Time, parts.Metrics, parts.Tails, parts.Refusals, parts.Search)
        {
            Eraser = new LogEraser(parts.Store, parts.Sink, () => _committer.Tenure),
        };
        _log = new LogReader(_reader, parts.Store, parts.Log);
        _answers = new Answers(parts.Metrics, parts.Log);
    }

    /// <summary>The kinds of entities that a hive stores, for opening a store.</summary>
    public static IReadOnlyList<EntityKind> Kinds { get; } = [.. Features.All.SelectMany(f => f.Entities).Select(e => e.Kind)];

    public HiveOptions Options => _parts.Options;

    public Position Head => _committer.Head;

    public Task Completion => _loop;

    public RefusalLog Refusals => _parts.Refusals;

    public RevokedTokens Revoked => _parts.Revoked;

    public StoreHealth Store => _watch.Read(_parts.Store.Fault, _loop.IsCompleted);

    /// <summary>Acquires the hive, loads the open entities and starts the loop.</summary>
    /// <exception cref="StoreException">The store is not available; see the derived types.</exception>
    public static async Task<Hive> StartAsync(HiveParts parts, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var hive = new Hive(parts);
        await hive.BeginAsync(cancel);
        return hive;
    }

    public async ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel)
    {
        (command, var problem) = await command.PrepareAsync(_reader, cancel);
        var item = new InboxItem(command, sink, tag);
        if (problem is not null) _answers.Give(item, new Outcome(null, problem, Head));
        else if (!await _inbox.WriteAsync(item, cancel)) _answers.Unavailable(item, Stopping, Head);
    }

    public async Task<Outcome<T>> AskAsync<T>(Command<T> command, CancellationToken cancel)
    {
        var waiter = new Waiter<T>();
        await SubmitAsync(command, waiter, null, cancel);
        return await waiter.Task.WaitAsync(cancel);
    }

    public async Task<Outcome<T>> QueryAsync<T>(Query<T> query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        var outcome = await query.RunAsync(_reader, cancel);
        if (outcome.Error is { Code: ErrorCodes.Forbidden } error) Refusals.Add(RefusalOf(query.GetType(), query.By, error));
        return outcome;
    }

    public Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel) => _log.ReadAsync(after, maxRows, cancel);

    /// <summary>Stops accepting commands, finishes the accepted ones and ends the loop. The store stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        await KeepLastAsync();
        if (!_inbox.TryClose() && _stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _beside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    // A loop that has ended keeps nothing.
    private async Task KeepLastAsync()
    {
        foreach (var feature in Features.Of(Options))
        {
            if (_loop.IsCompleted || feature.Last(_reader) is not { } last) continue;
            await Task.WhenAny(_loop, AskAsync(last, CancellationToken.None));
        }
    }

    /// <summary>Returns a refusal of a command or query, named after its type.</summary>
    internal static Refusal RefusalOf(Type type, Principal by, Error error) =>
        new(SnakeCase.Of(type.Name), error.Code, by, by.Address) { Message = error.Message };

    private async Task BeginAsync(CancellationToken cancel)
    {
        var (store, time, log, hive) = (_parts.Store, _parts.Time, _parts.Log, Options.Hive);
        var tenure = await store.AcquireAsync(hive, time.GetUtcNow(), cancel);
        var engine = new HiveEngine(Options, _parts.Dice, log, _stored, _parts.Metrics, _parts.Revoked);
        _committer = new Committer(_parts, tenure, _watch, engine);
        var now = new HiveTime(new HiveClock(time, tenure.LastWriteAt), engine.State, log);
        await engine.LoadAsync(store, tenure, now.Now, cancel);
        LogStarted(log, hive, tenure.Epoch, tenure.Head, engine.State.OpenText());
        if (tenure.Loss is { } loss) LogLoss(log, hive, loss.Stored, loss.Acknowledged, Head);
        engine.State.Report(new([], now.Now, TimeSpan.Zero));
        _parts.Metrics.Watch(() => _inbox.Count, () => Head);
        var loop = new OwnerLoop(_parts, engine, _inbox, _committer, now, _answers);
        _loop = Task.Run(() => loop.RunAsync(_stopping.Token), CancellationToken.None);
        _beside = Task.WhenAll(Features.Of(Options).Select(f => f.RunBesideAsync(_reader, time, log, _stopping.Token)));
    }

    private sealed class Waiter<T> : TaskCompletionSource<Outcome<T>>, IOutcomeSink
    {
        public Waiter()
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
        }

        // The loop completes a command with a result of the command's own type.
        public void Complete(object? tag, in Outcome outcome) => TrySetResult(new(outcome.Value is T value ? value : default, outcome.Error, outcome.Head));
    }
}
