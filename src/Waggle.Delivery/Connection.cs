using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Transport.Wires;

namespace Waggle.Delivery;

/// <summary>
/// One client's end of delivery: its subscriptions (touched by its delivery loop alone) and its outbox. It has no thread, task or buffer of its own: a caller
/// puts a message into the outbox, and one of the callers writes.
/// </summary>
public sealed class Connection : IAsyncDisposable, IConnectionEvents
{
    private readonly DeliveryMetrics _metrics;
    private readonly Outbox _outbox;
    private readonly CloseSequence _close;
    private readonly ConnectionWriter _writer;
    private SmallMap<Subscription> _subscriptions;
    private Func<Record, bool>? _hears;
    private Func<bool>? _lapsed;

    public Connection(string id, Wire wire, IRenderer renderer, OutboxLimits limits, TimeProvider time, DeliveryMetrics? metrics = null)
    {
        Id = id;
        _metrics = metrics ?? DeliveryMetrics.Unread;
        _outbox = new Outbox(limits, _metrics);
        _close = new CloseSequence(wire, _outbox, time, this);
        _writer = new ConnectionWriter(wire, _outbox, _close, _metrics, renderer, this);
    }

    public string Id { get; }

    /// <summary>It may change until the first subscription.</summary>
    public IRenderer Renderer
    {
        get => _writer.Renderer;
        set => _writer.Renderer = value;
    }

    /// <summary>Whether the client takes frames that hold an array of messages.</summary>
    public bool Batch
    {
        get => _writer.Batch;
        set => _writer.Batch = value;
    }

    /// <summary>Which records the client may hear; null: all. It may change while the connection lives.</summary>
    public Func<Record, bool>? Hears
    {
        get => Volatile.Read(ref _hears);
        set => Volatile.Write(ref _hears, value);
    }

    /// <summary>Whether the client's permission has ended; asked before each write. Null: it never does.</summary>
    public Func<bool>? Lapsed
    {
        get => Volatile.Read(ref _lapsed);
        set => Volatile.Write(ref _lapsed, value);
    }

    /// <summary>Messages carry their own ends (server-sent events): they go out as they are, without frames.</summary>
    public bool Stream
    {
        get => _writer.Stream;
        init => _writer.Stream = value;
    }

    /// <summary>The last words before a close, in the dialect's form.</summary>
    public IFarewell? Farewell { get; init; }

    /// <summary>Records dropped for this client so far.</summary>
    public long Dropped => _outbox.Dropped;

    /// <summary>Counts of what was sent and of what waits.</summary>
    public ConnectionStats Stats => new(_writer.Messages, _writer.Bytes, _outbox.Count, _outbox.Bytes, _outbox.Dropped);

    /// <summary>The error that ended the writing, if a message could not be encoded.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The agent that the client speaks for, once it does.</summary>
    public string? Agent { get; set; }

    internal ref SmallMap<Subscription> Subscriptions => ref _subscriptions;

    /// <summary>Up to where the client knows everything that concerns it.</summary>
    internal Position LastSentPosition { get; set; }

    /// <summary>For the router: already seen while a list is composed.</summary>
    internal long Mark { get; set; }

    /// <summary>The last record that one of several subscriptions has taken.</summary>
    internal long Turn { get; set; }

    /// <summary>Keys that its subscriptions' rates count at the moment.</summary>
    internal int RateKeys { get; set; }

    /// <summary>Bytes that the limiters of its subscriptions keep back. Its delivery loop's alone.</summary>
    internal long RateBytes { get; set; }

    /// <summary>Reports to the connection's loop that the client reads too slowly.</summary>
    internal Action<SlowEpisode>? Slow { get; set; }

    /// <summary>Whether it is on its loop's list of those to be flushed.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Messages that wait to be written.</summary>
    internal int Waiting => _outbox.Count;

    internal long WaitingBytes => _outbox.Bytes;

    public void Start() => _metrics.Started(this);

    /// <summary>For this client alone, never dropped. From any thread; does not block. After a close it does nothing.</summary>
    public void Send(IDeferred message)
    {
        if (AddKept(Entry.Message(message))) _writer.FlushSoon();
    }

    public void Send(ReadOnlyMemory<byte> body)
    {
        if (AddKept(Entry.Message(new EncodedMessage(body)))) _writer.FlushSoon();
    }

    /// <summary>The same, without a flush: the caller flushes when it has queued all its messages.</summary>
    public void Queue(ReadOnlyMemory<byte> body) => AddKept(Entry.Message(new EncodedMessage(body)));

    /// <summary>A whole frame, as it is: for pings and pongs.</summary>
    public void SendFrame(ReadOnlyMemory<byte> frame)
    {
        if (AddKept(Entry.Frame(new EncodedMessage(frame)))) _writer.FlushSoon();
    }

    /// <summary>Queues whole frames that many connections share; the caller flushes later. False: the client is too slow, and its connection closes.</summary>
    public bool QueueFrames(EncodedMessage frames) => AddKept(Entry.Frame(frames));

    /// <summary>The client has not taken yet the bytes of the last write.</summary>
    public bool IsBlocked => _writer.IsBlocked;

    /// <summary>A thread writes or is about to, and does not wait for the client.</summary>
    internal bool IsWriting => _writer.IsWriting;

    /// <summary>Ends when everything and the close were sent, or the wire broke.</summary>
    public Task Completion => _close.Completion;

    /// <summary>Writes the outbox, as much as the client takes now. From any thread; never blocks and never throws.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>
    /// Writes whole frames now, past the outbox, if the outbox is empty and no other thread writes: for a caller that has a queue of its own. The bytes that
    /// the transport does not take at once are under way when this returns. From any thread.
    /// </summary>
    /// <returns>False: nothing was taken; <see cref="WhenWritableAsync"/> ends when the caller may try again.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count) => _writer.TryWrite(frames, count);

    /// <summary>Ends when the client has taken the bytes under way to it, or is gone.</summary>
    public Task WhenWritableAsync() => _writer.WhenWritableAsync();

    /// <summary>
    /// Sends the queued messages, the last words and the close; a client that does not take them in time is cut off. From any thread; the first reason stands.
    /// </summary>
    public void Close(int code, string reason) => Close(new CloseReason(code, reason), Farewell?.Farewell(code, reason), discard: false);

    /// <summary>The same with other last words.</summary>
    public void Close(int code, string reason, IDeferred lastWords) => Close(new CloseReason(code, reason), lastWords, discard: false);

    /// <summary>The same without last words: the client left, or broke the rules of its transport.</summary>
    public void CloseQuietly(int code, string reason) => Close(new CloseReason(code, reason), null, discard: false);

    /// <summary>
    /// The same for a client that broke the WebSocket protocol (RFC 6455 7.1.7): the end of TCP follows the close at once, and the caller discards the bytes
    /// that still come (7.1.1).
    /// </summary>
    public void Fail(int code, string reason)
    {
        _close.MarkViolation();
        CloseQuietly(code, reason);
        _close.EndSendingIfClosed();
    }

    /// <summary>The client's permission has ended: the messages that wait are not sent.</summary>
    public void Lapse() => CloseNow(CloseCodes.TokenExpired, "The token expired; reconnect with a new one and your last position.");

    /// <summary>Closes without last words, unless it closes already, and ends when the bytes under way are sent.</summary>
    public async ValueTask DisposeAsync()
    {
        CloseQuietly(CloseCodes.Normal, "");
        await Completion;
        await _writer.WhenSentAsync();
        _close.End();
    }

    void IConnectionEvents.Writing()
    {
        if (Lapsed is { } lapsed && _close.Reason is null && lapsed()) Lapse();
    }

    void IConnectionEvents.CaughtUp(long dropped) => TellSlow(dropped, closed: false);

    void IConnectionEvents.EncodingFailed(Exception e)
    {
        Fault = e;
        _outbox.Complete(null, discard: true);
        Close(new CloseReason(CloseCodes.InternalError, "An internal error occurred. Reconnect with your last position."), null, discard: true);
    }

    void IConnectionEvents.Ended()
    {
        if (_outbox.TakeEpisode() is > 0 and var dropped) TellSlow(dropped, closed: true);
        _metrics.Ended(this);
    }

    internal void Deliver(EncodedMessage message)
    {
        if (message.Class == RecordClass.Durable) AddKept(Entry.Record(message));
        else _outbox.AddDroppable(Entry.Record(message));
    }

    private bool AddKept(in Entry entry)
    {
        if (_outbox.TryAddKept(entry)) return true;

        // The messages that wait would come again after the resume, so the client gets the reason alone.
        var first = _close.Reason is null;
        CloseNow(CloseCodes.SlowConsumer, "The client read too slowly. Reconnect with your last position.");
        if (first) TellSlow(_outbox.TakeEpisode(), closed: true);
        return false;
    }

    private void CloseNow(int code, string reason) => Close(new CloseReason(code, reason), Farewell?.Farewell(code, reason), discard: true);

    private void Close(CloseReason why, IDeferred? lastWords, bool discard)
    {
        if (_close.TryBegin(why, lastWords, discard)) _writer.FlushSoon();
    }

    // The episode of a client that lost records was counted with the first one.
    private void TellSlow(long dropped, bool closed)
    {
        if (dropped == 0 && closed) _metrics.Slow();
        Slow?.Invoke(new SlowEpisode(Id, Agent, dropped, closed));
    }
}

/// <param name="SentBytes">Of payload and framing, as handed to the transport.</param>
/// <param name="Dropped">Records that a gap replaced.</param>
public readonly record struct ConnectionStats(long Sent, long SentBytes, int Queued, long QueuedBytes, long Dropped);
