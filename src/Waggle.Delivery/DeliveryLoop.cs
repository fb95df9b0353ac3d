using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Delivery;

/// <summary>
/// Carries sealed batches to the connections that want them, in order. Everything about subscriptions passes its one queue,
/// so a subscription takes effect between two batches: history and live meet without a seam and need no merge.
/// </summary>
public sealed partial class DeliveryLoop : IAsyncDisposable
{
    private const int MailboxCapacity = 4096;
    private const int WindowRecords = 8192;
    private const long WindowBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan PositionInterval = TimeSpan.FromSeconds(5);

    private readonly Channel<object> _mailbox =
        Channel.CreateBounded<object>(new BoundedChannelOptions(MailboxCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Router _router = new();
    private readonly Window _window = new(WindowRecords, WindowBytes);
    private readonly Dictionary<string, Record> _latest = new(StringComparer.Ordinal);
    private readonly HashSet<Connection> _connections = [];
    private readonly List<Connection> _dirty = [];
    private readonly List<Subscribing> _early = [];
    private readonly Dictionary<IRenderer, Said?> _bodies = [];
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _ticks;
    private readonly Task _loop;
    private Position _head;
    private bool _started;

    public DeliveryLoop(TimeProvider time, ILogger? log = null, DeliveryMetrics? metrics = null)
    {
        Metrics = metrics ?? DeliveryMetrics.Unread;
        Metrics.Watch(() => _mailbox.Reader.Count);
        _time = time;
        _log = log ?? NullLogger.Instance;
        _loop = Task.Run(RunAsync);
        _ticks = time.CreateTimer(_ => _mailbox.Writer.TryWrite(Tick.Instance), null, PositionInterval, PositionInterval);
    }

    /// <summary>Where its connections count, too.</summary>
    public DeliveryMetrics Metrics { get; }

    /// <summary>Ends when the loop does: faulted when it died, which closes its connections and fails everything that is asked of it.</summary>
    public Task Completion => _loop;

    /// <summary>Takes the next batch. When the loop is behind by its whole mailbox the caller waits: the owner slows down rather than memory growing.</summary>
    public ValueTask PublishAsync(SealedBatch batch) => _mailbox.Writer.TryWrite(batch) ? ValueTask.CompletedTask : _mailbox.Writer.WriteAsync(batch);

    /// <summary>
    /// Starts a subscription. <paramref name="history"/> gives durable records after a position from the log; it is asked until the window in memory reaches on.
    /// The reply is put into the connection's outbox before the first live record.
    /// </summary>
    public async Task SubscribeAsync(
        Connection connection, string subscription, TopicPattern[] patterns, Position? since, ReadHistory history, Func<SubscribeResult, IDeferred?> reply, CancellationToken cancel)
    {
        var missed = new Missed(patterns, connection.Hears, since);
        while (true)
        {
            var attempt = new Subscribing(connection, subscription, patterns, missed, reply);
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
            foreach (var connection in _connections) connection.Close(CloseCodes.InternalError, "A fault in the hub. Come back with your last position.");
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
        switch (work)
        {
            case SealedBatch batch: Deliver(batch); break;
            case Subscribing subscribing: Subscribe(subscribing); break;
            case Unsubscribing unsubscribing: unsubscribing.Done(Unsubscribe(unsubscribing.Connection, unsubscribing.Subscription)); break;
            case Detaching detaching: Forget(detaching.Connection); break;
            case Tick: TellPositions(); break;
        }
    }

    private void Deliver(SealedBatch batch)
    {
        var began = _time.GetTimestamp();
        if (!_started) _window.Start(batch.Records is [var first, ..] ? first.Position.Offset - (first.Class == RecordClass.Durable ? 1 : 0) : batch.Head.Offset);
        foreach (var record in batch.Records) Deliver(record);
        _head = batch.Head;
        foreach (var connection in _dirty)
        {
            connection.IsDirty = false;
            connection.Flush();
        }

        _dirty.Clear();
        var now = _time.GetTimestamp();
        Metrics.Batch(_time.GetElapsedTime(began, now), batch.CommittedAt is { } committed ? _time.GetElapsedTime(committed, now) : null);
        if (_started) return;
        _started = true;
        foreach (var request in _early) Subscribe(request);
        _early.Clear();
    }

    private void Deliver(Record record)
    {
        if (record.Class == RecordClass.Durable) _window.Add(record);
        else if (record.Class == RecordClass.Latest) _latest[record.Topic] = record;
        if (record.Clears is { } cleared) _latest.Remove(cleared);
        var wanting = _router.Match(record.Topic);
        if (wanting.IsEmpty) return;
        _bodies.Clear();
        foreach (var connection in wanting)
        {
            if (connection.Hears?.Invoke(record) == false) continue;
            if (SaidBy(connection.Renderer, record) is not { } said)
            {
                connection.Close(CloseCodes.InternalError, "A fault in the hub. Come back with your last position.");
                continue;
            }

            connection.Deliver(said);
            connection.Told = record.Position;
            if (connection.IsDirty) continue;
            connection.IsDirty = true;
            _dirty.Add(connection);
        }

        Metrics.Delivered(wanting.Length);
    }

    // Null: it cannot be said in this form. That ends the connections that should have heard it, and nobody else's.
    private Said? SaidBy(IRenderer renderer, Record record)
    {
        if (_bodies.TryGetValue(renderer, out var said)) return said;
        var output = new ArrayBufferWriter<byte>(record.Data.Length + 256);
        try
        {
            renderer.Render(record, output);
            return _bodies[renderer] = new Said(output.WrittenMemory, record.Position, record.Topic, record.Class);
        }
        catch (Exception e)
        {
            LogUnsaid(_log, record.Kind, record.Topic, record.Position, e);
            return _bodies[renderer] = null;
        }
    }

    private void Subscribe(Subscribing request)
    {
        if (!_started)
        {
            // Nobody knows yet where the log stands.
            _early.Add(request);
            return;
        }

        if (!request.Missed.Complete(_window, _head.Offset))
        {
            request.Done.SetResult(false);
            return;
        }

        Unsubscribe(request.Connection, request.Subscription);
        _connections.Add(request.Connection);
        request.Connection.Subscriptions[request.Subscription] = request.Patterns;
        foreach (var pattern in request.Patterns) _router.Add(request.Connection, pattern);
        var hears = request.Connection.Hears;
        var latest = _latest.Values.Where(r => Array.Exists(request.Patterns, p => p.Matches(r.Topic)) && hears?.Invoke(r) != false).OrderBy(r => r.Position.Offset).ToArray();
        request.Connection.Told = _head;
        var result = new SubscribeResult(request.Subscription, request.Missed.Recovered, request.Missed.Records, latest, _head);
        if (request.Reply(result) is { } reply) request.Connection.Send(reply);
        if (request.Missed.Resumes) Metrics.Resumed(request.Missed.Recovered);
        request.Done.SetResult(true);
    }

    private bool Unsubscribe(Connection connection, string subscription)
    {
        if (!connection.Subscriptions.Remove(subscription, out var patterns)) return false;
        foreach (var pattern in patterns) _router.Remove(connection, pattern);
        return true;
    }

    private void Forget(Connection connection)
    {
        foreach (var subscription in connection.Subscriptions.Keys.ToArray()) Unsubscribe(connection, subscription);
        _connections.Remove(connection);
    }

    // One body for all: a subscriber that hears nothing can still resume from here instead of from long ago.
    private void TellPositions()
    {
        _bodies.Clear();
        foreach (var connection in _connections)
        {
            if (connection.Told == _head) continue;
            connection.Told = _head;
            if (!_bodies.TryGetValue(connection.Renderer, out var said))
            {
                var output = new ArrayBufferWriter<byte>(64);
                connection.Renderer.RenderPosition(_head, output);
                _bodies[connection.Renderer] = said = new Said(output.WrittenMemory, _head);
            }

            connection.Send(said!.Body);
        }
    }

    [LoggerMessage(1, LogLevel.Critical, "The delivery loop died; its connections are closed.")]
    private static partial void LogDied(ILogger logger, Exception e);

    [LoggerMessage(2, LogLevel.Error, "A record ({Kind} on {Topic} at {Position}) could not be said; the connections that wanted it are closed.")]
    private static partial void LogUnsaid(ILogger logger, string kind, string topic, Position position, Exception e);

    private sealed record Subscribing(Connection Connection, string Subscription, TopicPattern[] Patterns, Missed Missed, Func<SubscribeResult, IDeferred?> Reply)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Unsubscribing(Connection Connection, string Subscription, Action<bool> Done);

    private sealed record Detaching(Connection Connection);

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
