using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// Delivers sealed batches, in order, to the connections that subscribe to their records. All requests about subscriptions pass the same queue as the batches,
/// so a subscription takes effect between two batches: no record is missing or duplicate between history and live records. The methods are thread-safe.
/// </summary>
public sealed partial class DeliveryLoop : IAsyncDisposable
{
    /// <summary>The maximum number of batches and requests that wait for the loop.</summary>
    public const int MailboxCapacity = 4096;

    internal const string InternalError = "An internal error occurred. Reconnect with your last position.";

    private const int WindowRecords = 8192;
    private const long WindowBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan PositionInterval = TimeSpan.FromSeconds(5);

    private readonly Channel<object> _mailbox =
        Channel.CreateBounded<object>(new BoundedChannelOptions(MailboxCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly SubscriptionTable _subscriptions;
    private readonly FanOut _fanOut;
    private readonly Window _window = new(WindowRecords, WindowBytes);
    private readonly LatestValues _latest = new();
    private readonly TopicNumbers _numbers = new();
    private readonly List<DeliveryWork.Subscribe> _early = [];
    private readonly ConcurrentQueue<SlowEpisode> _episodes = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _ticks;
    private readonly Schedule _schedule;

    // One delegate for all connections.
    private readonly Action<SlowEpisode> _slow;
    private readonly FlushBatch _flushes = new();
    private readonly Task _loop;
    private long _began;
    private Position _head;
    private bool _started;

    /// <summary>Creates the loop and starts it.</summary>
    public DeliveryLoop(TimeProvider time, ILogger? log = null, DeliveryMetrics? metrics = null)
    {
        Metrics = metrics ?? DeliveryMetrics.Unread;
        Metrics.Watch(() => _mailbox.Reader.Count);
        _time = time;
        _log = log ?? NullLogger.Instance;
        _schedule = new Schedule(time, Wake);
        var router = new Router();
        _fanOut = new FanOut(router, _schedule, _numbers, (record, e) => LogNotEncoded(_log, record.Kind, record.Topic, record.Position, e));
        _subscriptions = new SubscriptionTable(router, _fanOut);
        _slow = Enqueue;
        _loop = Task.Run(RunAsync);
        _ticks = time.CreateTimer(_ => _mailbox.Writer.TryWrite(DeliveryWork.Tick.Instance), null, PositionInterval, PositionInterval);
    }

    /// <summary>Gets the metrics of the loop, which its connections share.</summary>
    public DeliveryMetrics Metrics { get; }

    /// <summary>
    /// Gets a task that ends when the loop ends. It is faulted if an error ended the loop; the loop's connections then close, and its methods fail.
    /// </summary>
    public Task Completion => _loop;

    /// <summary>
    /// Queues the next batch. The task ends at once unless <see cref="MailboxCapacity"/> entries wait: the owner then waits, so that memory stays bounded.
    /// </summary>
    /// <exception cref="ChannelClosedException">The loop has ended.</exception>
    public ValueTask PublishAsync(SealedBatch batch) => _mailbox.Writer.TryWrite(batch) ? ValueTask.CompletedTask : _mailbox.Writer.WriteAsync(batch);

    /// <summary>Queues a record that is not in the log. It gets the position that the loop has reached. The loop drops it before the first batch.</summary>
    /// <exception cref="ChannelClosedException">The loop has ended.</exception>
    public ValueTask TellAsync(Record record) => _mailbox.Writer.WriteAsync(record);

    /// <summary>
    /// Starts a subscription, or replaces the connection's subscription of the same name. The reply enters the connection's outbox before the first live
    /// record. Subscriptions that arrive before the first batch wait for it.
    /// </summary>
    /// <param name="since">The position of the last record that the client received; null to receive only what follows.</param>
    /// <param name="history">Reads durable records after a position from the log. It is called until the window in memory has the records that follow.</param>
    /// <param name="reply">Creates the reply from the result, or returns null for no reply. The loop calls it.</param>
    /// <exception cref="ChannelClosedException">The loop has ended.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled, or the loop ended before the first batch.</exception>
    public async Task SubscribeAsync(
        Connection connection,
        string subscription,
        SubscriptionSpec interest,
        Position? since,
        ReadHistory history,
        Func<SubscribeResult, IDeferred?> reply,
        CancellationToken cancel)
    {
        var missed = new ResumeScan(interest, connection.Hears, since);
        while (true)
        {
            var attempt = new DeliveryWork.Subscribe(connection, subscription, interest, missed, reply);
            await _mailbox.Writer.WriteAsync(attempt, cancel);
            if (await attempt.Done.Task.WaitAsync(cancel)) return;
            await missed.ReadOnAsync(history, cancel);
        }
    }

    /// <summary>
    /// Queues that the loop forgets the durable records up to an offset that it keeps in memory, because the log has changed them. A client that resumes from
    /// before them then receives what the log has.
    /// </summary>
    /// <exception cref="ChannelClosedException">The loop has ended.</exception>
    public ValueTask ForgetAsync(long through) => _mailbox.Writer.WriteAsync(new DeliveryWork.Forget(through));

    /// <summary>Queues the end of a subscription.</summary>
    /// <param name="done">Receives whether there was a subscription of this name. The loop calls it.</param>
    public ValueTask UnsubscribeAsync(Connection connection, string subscription, Action<bool> done) =>
        _mailbox.Writer.WriteAsync(new DeliveryWork.Unsubscribe(connection, subscription, done));

    /// <summary>Queues the end of all subscriptions of a connection that has closed.</summary>
    public ValueTask DetachAsync(Connection connection) => _mailbox.Writer.WriteAsync(new DeliveryWork.Detach(connection));

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
            foreach (var connection in _subscriptions.Connections) connection.Close(CloseCodes.InternalError, InternalError);
            while (_mailbox.Reader.TryRead(out var work)) (work as DeliveryWork.Subscribe)?.Done.TrySetException(e);
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
            case DeliveryWork.Subscribe subscribe: Subscribe(subscribe); break;
            case DeliveryWork.Unsubscribe unsubscribe: unsubscribe.Done(_subscriptions.Remove(unsubscribe.Connection, unsubscribe.Name)); break;
            case DeliveryWork.Detach detach: _subscriptions.Remove(detach.Connection); break;
            case DeliveryWork.Forget forget: _window.Forget(forget.Through); break;
            case DeliveryWork.Tick: _subscriptions.SendPositions(_head); break;
            case Record record when _started: Deliver(record with { Position = _head }); break;
        }

        while (_episodes.TryDequeue(out var episode)) Deliver(episode.ToRecord(_head, _time.GetUtcNow()));
        if (!_schedule.IsEmpty) _schedule.Run();
        if (work is SealedBatch && _mailbox.Reader.TryPeek(out var waits) && waits is SealedBatch next && _flushes.Takes(next)) return;
        _fanOut.Flush();
        EndRound();
    }

    private void Deliver(SealedBatch batch)
    {
        if (!_started) _window.Start(batch.Records is [var first, ..] ? Before(first) : batch.Head);
        else if (batch.Head.Epoch != _head.Epoch) NewEpoch(batch.Head);
        foreach (var record in batch.Records) Deliver(record);
        _head = batch.Head;
        var delivered = _fanOut.TakeDelivered();
        Metrics.Delivered(delivered);
        _flushes.Add(batch, delivered);
        if (_started) return;
        _started = true;
        foreach (var request in _early) Subscribe(request);
        _early.Clear();
    }

    private void NewEpoch(Position head)
    {
        _window.NewEpoch(head with { Offset = _head.Offset });
        _numbers.Clear();
    }

    private static Position Before(Record record) =>
        record.Position with { Offset = record.Position.Offset - (record.Class == RecordClass.Durable ? 1 : 0) };

    private void Deliver(Record record)
    {
        if (record.Class == RecordClass.Durable) _window.Add(record);
        else if (record.Class == RecordClass.Latest) _latest.Set(record);
        if (record.Clears is { } cleared)
        {
            _latest.Remove(cleared);
            _subscriptions.Release(cleared);
        }

        _fanOut.Deliver(record);
    }

    private void Subscribe(DeliveryWork.Subscribe request)
    {
        if (!_started)
        {
            // The head of the log is still unknown.
            _early.Add(request);
            return;
        }

        if (!request.Scan.Complete(_window, _head))
        {
            request.Done.SetResult(false);
            return;
        }

        request.Connection.Slow = _slow;
        _subscriptions.Add(request.Connection, request.Name, request.Spec);
        var latest = _latest.Of(request.Spec, request.Connection.Hears);
        request.Connection.LastSentPosition = _head;
        var result = new SubscribeResult(request.Name, request.Scan.Recovered, request.Scan.Records, latest, _head);
        if (request.Reply(result) is { } reply) request.Connection.Send(reply);
        if (request.Scan.Resumes) Metrics.Resumed(request.Scan.Recovered);
        request.Done.SetResult(true);
    }

    private void Enqueue(SlowEpisode episode)
    {
        _episodes.Enqueue(episode);
        Wake();
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

    // A full mailbox wakes the loop without a further entry.
    private void Wake() => _mailbox.Writer.TryWrite(DeliveryWork.Wake.Instance);
}
