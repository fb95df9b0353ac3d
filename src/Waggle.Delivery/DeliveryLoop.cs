using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Delivery.Filters;
using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// Carries sealed batches to the connections that want them, in order. Everything about subscriptions passes its one queue,
/// so a subscription takes effect between two batches: history and live meet without a seam and need no merge.
/// </summary>
public sealed partial class DeliveryLoop : IAsyncDisposable
{
    /// <summary>How much may wait for the loop.</summary>
    public const int MailboxCapacity = 4096;

    private const int WindowRecords = 8192;
    private const long WindowBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan PositionInterval = TimeSpan.FromSeconds(5);

    private readonly Channel<object> _mailbox =
        Channel.CreateBounded<object>(new BoundedChannelOptions(MailboxCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Router _router = new();
    private readonly FilterTable _filters = new();
    private readonly Window _window = new(WindowRecords, WindowBytes);
    private readonly LatestValues _latest = new();
    private readonly HashSet<Connection> _connections = [];
    private readonly List<Connection> _dirty = [];
    private readonly List<Subscribing> _early = [];
    private readonly ConcurrentQueue<SlowEpisode> _episodes = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _ticks;
    private readonly Schedule _schedule;

    // One for all connections.
    private readonly Action<SlowEpisode> _heard;
    private readonly FlushBatch _flushes = new();
    private readonly Task _loop;
    private RecordEncodings _encodings;
    private long _turn;
    private long _delivered;
    private long _began;
    private int _limiters;
    private Position _head;
    private bool _started;

    public DeliveryLoop(TimeProvider time, ILogger? log = null, DeliveryMetrics? metrics = null)
    {
        Metrics = metrics ?? DeliveryMetrics.Unread;
        Metrics.Watch(() => _mailbox.Reader.Count);
        _time = time;
        _log = log ?? NullLogger.Instance;
        _encodings = NewEncodings(null!);
        _schedule = new Schedule(time, Wake);
        _heard = Heard;
        _loop = Task.Run(RunAsync);
        _ticks = time.CreateTimer(_ => _mailbox.Writer.TryWrite(Tick.Instance), null, PositionInterval, PositionInterval);
    }

    /// <summary>Where its connections count, too.</summary>
    public DeliveryMetrics Metrics { get; }

    /// <summary>Ends when the loop does: faulted when it died, which closes its connections and fails everything that is asked of it.</summary>
    public Task Completion => _loop;

    /// <summary>Takes the next batch. When the loop is behind by its whole mailbox the caller waits: the owner slows down rather than memory growing.</summary>
    public ValueTask PublishAsync(SealedBatch batch) => _mailbox.Writer.TryWrite(batch) ? ValueTask.CompletedTask : _mailbox.Writer.WriteAsync(batch);

    /// <summary>A record that is not the log's, from beside it: it takes the place that the loop has reached.</summary>
    public ValueTask TellAsync(Record record) => _mailbox.Writer.WriteAsync(record);

    /// <summary>
    /// Starts a subscription. <paramref name="history"/> gives durable records after a position from the log; it is asked until the window in memory reaches on.
    /// The reply is put into the connection's outbox before the first live record.
    /// </summary>
    public async Task SubscribeAsync(
        Connection connection, string subscription, SubscriptionSpec interest, Position? since, ReadHistory history, Func<SubscribeResult, IDeferred?> reply, CancellationToken cancel)
    {
        var missed = new ResumeScan(interest, connection.Hears, since);
        while (true)
        {
            var attempt = new Subscribing(connection, subscription, interest, missed, reply);
            await _mailbox.Writer.WriteAsync(attempt, cancel);
            if (await attempt.Done.Task.WaitAsync(cancel)) return;
            await missed.ReadOnAsync(history, cancel);
        }
    }

    public ValueTask UnsubscribeAsync(Connection connection, string subscription, Action<bool> done) =>
        _mailbox.Writer.WriteAsync(new Unsubscribing(connection, subscription, done));

    /// <summary>The connection is gone.</summary>
    public ValueTask DetachAsync(Connection connection) => _mailbox.Writer.WriteAsync(new Detaching(connection));

    public async ValueTask DisposeAsync()
    {
        await _ticks.DisposeAsync();
        _schedule.Dispose();
        _mailbox.Writer.TryComplete();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var work in _mailbox.Reader.ReadAllAsync()) Do(work);
        }
        catch (Exception e)
        {
            LogDied(_log, e);
            _mailbox.Writer.TryComplete(e);
            foreach (var connection in _connections) connection.Close(CloseCodes.InternalError, "An internal error occurred. Reconnect with your last position.");
            while (_mailbox.Reader.TryRead(out var work)) (work as Subscribing)?.Done.TrySetException(e);
            throw;
        }
        finally
        {
            foreach (var request in _early) request.Done.TrySetCanceled();
        }
    }

    private void Do(object work)
    {
        if (_flushes.Committed.Count == 0) _began = _time.GetTimestamp();
        switch (work)
        {
            case SealedBatch batch: Deliver(batch); break;
            case Subscribing subscribing: Subscribe(subscribing); break;
            case Unsubscribing unsubscribing: unsubscribing.Done(Unsubscribe(unsubscribing.Connection, unsubscribing.Subscription)); break;
            case Detaching detaching: Forget(detaching.Connection); break;
            case Tick: TellPositions(); break;
            case Record record when _started: Deliver(record with { Position = _head }); break;
        }

        if (!_episodes.IsEmpty) TellEpisodes();
        if (!_schedule.IsEmpty) _schedule.Run();
        if (work is SealedBatch && _mailbox.Reader.TryPeek(out var waits) && waits is SealedBatch next && _flushes.Takes(next)) return;
        Flush();
        EndRound();
    }

    private void EndRound()
    {
        if (_flushes.Committed.Count == 0) return;
        var now = _time.GetTimestamp();
        Metrics.BatchDelivered(_time.GetElapsedTime(_began, now));
        foreach (var committed in _flushes.Committed)
        {
            if (committed is { } at) Metrics.RecordDelivered(_time.GetElapsedTime(at, now));
        }

        _flushes.Clear();
    }

    // A mailbox that is full wakes the loop by itself.
    private void Wake() => _mailbox.Writer.TryWrite(Nothing.Instance);

    [LoggerMessage(1, LogLevel.Critical, "The delivery loop ended with an error; its connections are closed.")]
    private static partial void LogDied(ILogger logger, Exception e);

    [LoggerMessage(2, LogLevel.Error, "A record ({Kind} on {Topic} at {Position}) could not be encoded; its subscribers' connections are closed.")]
    private static partial void LogUnsaid(ILogger logger, string kind, string topic, Position position, Exception e);

    private sealed record Subscribing(Connection Connection, string Subscription, SubscriptionSpec Spec, ResumeScan Scan, Func<SubscribeResult, IDeferred?> Reply)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Unsubscribing(Connection Connection, string Subscription, Action<bool> Done);

    private sealed record Detaching(Connection Connection);

    private sealed class Nothing
    {
        public static readonly Nothing Instance = new();
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
