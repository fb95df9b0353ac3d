using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Transport.Wires;

namespace Waggle.Delivery;

/// <summary>
/// The delivery to one client: its subscriptions, which only its delivery loop uses, and its outbox. A connection has no thread, task or buffer of its own: a
/// caller puts a message into the outbox, and one of the callers writes.
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

    /// <summary>Creates a connection on an open wire.</summary>
    /// <param name="metrics">Counts the connection and its messages; null for figures that are not read.</param>
    public Connection(string id, Wire wire, IRenderer renderer, OutboxLimits limits, TimeProvider time, DeliveryMetrics? metrics = null)
    {
        Id = id;
        _metrics = metrics ?? DeliveryMetrics.Unread;
        _outbox = new Outbox(limits, _metrics);
        _close = new CloseSequence(wire, _outbox, time, this);
        _writer = new ConnectionWriter(wire, _outbox, _close, _metrics, renderer, this);
    }

    /// <summary>Gets the name of the connection in the records about it.</summary>
    public string Id { get; }

    /// <summary>Gets or sets the renderer of the client's dialect and form. It may change until the first subscription.</summary>
    public IRenderer Renderer
    {
        get => _writer.Renderer;
        set => _writer.Renderer = value;
    }

    /// <summary>Whether messages are MessagePack in binary frames, and not text.</summary>
    public bool Binary
    {
        get => _writer.Binary;
        init => _writer.Binary = value;
    }

    /// <summary>Whether the client accepts frames that contain an array of messages.</summary>
    public bool Batch
    {
        get => _writer.Batch;
        set => _writer.Batch = value;
    }

    /// <summary>
    /// Gets or sets the function that chooses the form of a record, of a dialect with several forms. Null from the function sends the client nothing. If the
    /// property is null, every record has the form <see cref="Renderer"/>. The delivery loop calls the function. It may change until the first subscription.
    /// </summary>
    public Func<Record, IRenderer?>? FormOf { get; set; }

    /// <summary>Gets or sets the test of the records that the client may receive; null if it may receive all. It may change at any time.</summary>
    public Func<Record, bool>? Hears
    {
        get => Volatile.Read(ref _hears);
        set => Volatile.Write(ref _hears, value);
    }

    /// <summary>Gets or sets the check whether the client's permission has ended, called before each write; null if the permission does not end.</summary>
    public Func<bool>? Lapsed
    {
        get => Volatile.Read(ref _lapsed);
        set => Volatile.Write(ref _lapsed, value);
    }

    /// <summary>Whether messages contain their own delimiters (server-sent events). They are then sent without frames.</summary>
    public bool Stream
    {
        get => _writer.Stream;
        init => _writer.Stream = value;
    }

    /// <summary>Gets the encoder of the last message before a close, in the client's dialect; null if the dialect has no such message.</summary>
    public IFarewell? Farewell { get; init; }

    /// <summary>Gets the number of records dropped for this client so far.</summary>
    public long Dropped => _outbox.Dropped;

    /// <summary>Gets the counts of sent and of queued messages.</summary>
    public ConnectionStats Stats => new(_writer.Messages, _writer.Bytes, _outbox.Count, _outbox.Bytes, _outbox.Dropped, _outbox.SlowEpisodes);

    /// <summary>Gets the error of the message that could not be encoded, which ended the connection; null if there was none.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Gets or sets the id of the agent that the client represents; null until it represents one.</summary>
    public string? Agent { get; set; }

    internal ref SmallMap<Subscription> Subscriptions => ref _subscriptions;

    /// <summary>Gets or sets the position up to which the client has received everything that concerns it.</summary>
    internal Position LastSentPosition { get; set; }

    /// <summary>Gets or sets the number of the list that the router last added the connection to.</summary>
    internal long Mark { get; set; }

    /// <summary>Gets or sets the number of the last record that one of the subscriptions has taken, so that the others skip it.</summary>
    internal long Turn { get; set; }

    /// <summary>Gets or sets the number of keys that the rate limiters of the subscriptions have open. Only the delivery loop uses it.</summary>
    internal int RateKeys { get; set; }

    /// <summary>Gets or sets the number of bytes that the rate limiters of the subscriptions hold back. Only the delivery loop uses it.</summary>
    internal long RateBytes { get; set; }

    /// <summary>Gets or sets the callback that reports to the delivery loop that the client reads too slowly.</summary>
    internal Action<SlowEpisode>? Slow { get; set; }

    /// <summary>Whether the connection is on its delivery loop's list of connections to flush.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Gets the number of messages that wait to be written.</summary>
    internal int Waiting => _outbox.Count;

    /// <summary>Gets the number of bytes that wait to be written.</summary>
    internal long WaitingBytes => _outbox.Bytes;

    /// <inheritdoc cref="Outbox.Takes"/>
    internal long Takes => _outbox.Takes;

    /// <summary>Starts to count the connection among the open ones.</summary>
    public void Start() => _metrics.Started(this);

    /// <summary>
    /// Sends a message to this client. The message is never dropped: if the outbox is full, the connection closes. After a close this does nothing.
    /// Thread-safe; does not block.
    /// </summary>
    public void Send(IDeferred message)
    {
        if (AddKept(Entry.Message(message))) _writer.FlushSoon();
    }

    /// <summary>Sends a message that is already encoded, like <see cref="Send(IDeferred)"/>.</summary>
    public void Send(ReadOnlyMemory<byte> body)
    {
        if (AddKept(Entry.Message(new EncodedMessage(body)))) _writer.FlushSoon();
    }

    /// <summary>Queues a message like <see cref="Send(ReadOnlyMemory{byte})"/>, without a flush: the caller flushes after its last message.</summary>
    public void Queue(ReadOnlyMemory<byte> body) => AddKept(Entry.Message(new EncodedMessage(body)));

    /// <summary>Sends a complete frame unchanged, such as a ping or a pong.</summary>
    public void SendFrame(ReadOnlyMemory<byte> frame)
    {
        if (AddKept(Entry.Frame(new EncodedMessage(frame)))) _writer.FlushSoon();
    }

    /// <summary>Queues complete frames that many connections share. The caller flushes later.</summary>
    /// <returns>False if the client reads too slowly; its connection closes.</returns>
    public bool QueueFrames(EncodedMessage frames) => AddKept(Entry.Frame(frames));

    /// <summary>Whether the client has not yet accepted the bytes of the last write.</summary>
    public bool IsBlocked => _writer.IsBlocked;

    /// <summary>Whether a thread writes or is about to write, and does not wait for the client.</summary>
    internal bool IsWriting => _writer.IsWriting;

    /// <summary>Gets a task that ends when the queued messages and the close are sent, or when the wire breaks.</summary>
    public Task Completion => _close.Completion;

    /// <summary>Writes as much of the outbox as the client accepts now. Thread-safe; never blocks and never throws.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>
    /// Writes complete frames now, past the outbox, if the outbox is empty and no other thread writes. It serves a caller that has a queue of its own. Bytes
    /// that the transport does not accept at once are still being sent when this returns. Thread-safe; never blocks.
    /// </summary>
    /// <param name="count">The number of frames, for the statistics.</param>
    /// <returns>False if nothing was written. <see cref="WhenWritableAsync"/> then ends when the caller may try again.</returns>
    /// <exception cref="IOException">The wire is broken.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count) => _writer.TryWrite(frames, count);

    /// <summary>Returns a task that ends when the client has accepted the bytes of the last write, or when the wire breaks.</summary>
    public Task WhenWritableAsync() => _writer.WhenWritableAsync();

    /// <summary>
    /// Sends the queued messages, the farewell and the close, and aborts the connection if the client does not accept them within five seconds. Only the
    /// first call has an effect. Thread-safe; does not block.
    /// </summary>
    /// <param name="code">The code of the close frame.</param>
    /// <param name="reason">The text of the close frame.</param>
    public void Close(int code, string reason) => Close(new CloseReason(code, reason), Farewell?.Farewell(code, reason), discard: false);

    /// <summary>Closes like <see cref="Close(int, string)"/>, with another last message.</summary>
    public void Close(int code, string reason, IDeferred lastWords) => Close(new CloseReason(code, reason), lastWords, discard: false);

    /// <summary>Closes like <see cref="Close(int, string)"/>, without a last message: the client left, or broke the rules of its transport.</summary>
    public void CloseQuietly(int code, string reason) => Close(new CloseReason(code, reason), null, discard: false);

    /// <summary>
    /// Closes the connection of a client that broke the WebSocket protocol (RFC 6455 7.1.7): the end of TCP follows the close at once, and the caller
    /// discards the bytes that still arrive (7.1.1).
    /// </summary>
    public void Fail(int code, string reason)
    {
        _close.MarkViolation();
        CloseQuietly(code, reason);
        _close.EndSendingIfClosed();
    }

    /// <summary>Closes the connection because the client's permission has ended. The queued messages are discarded.</summary>
    public void Lapse() => CloseNow(CloseCodes.TokenExpired, "The token expired or was revoked; reconnect with another one and your last position.");

    /// <summary>Closes without a last message, unless the connection already closes, and waits until the bytes of the last write are sent.</summary>
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

        // The client receives the queued messages again after the resume, so only the reason is sent.
        var first = _close.Reason is null;
        CloseNow(CloseCodes.SlowConsumer, "The client read too slowly. Reconnect with your last position.");
        if (first) TellSlow(_outbox.TakeEpisode(), closed: true);
        return false;
    }

    private void CloseNow(int code, string reason) => Close(new CloseReason(code, reason), Farewell?.Farewell(code, reason), discard: true);

    private void Close(CloseReason why, IDeferred? farewell, bool discard)
    {
        if (_close.TryBegin(why, farewell, discard)) _writer.FlushSoon();
    }

    // An episode with dropped records was counted at the first one.
    private void TellSlow(long dropped, bool closed)
    {
        if (dropped == 0 && closed) _metrics.Slow();
        Slow?.Invoke(new SlowEpisode(Id, Agent, dropped, closed));
    }
}

/// <summary>The counts of one connection.</summary>
/// <param name="Sent">Messages passed to the transport.</param>
/// <param name="SentBytes">Bytes of payload and framing passed to the transport.</param>
/// <param name="Queued">Messages that wait in the outbox.</param>
/// <param name="QueuedBytes">Bytes that wait in the outbox.</param>
/// <param name="Dropped">Records that gap notices replaced.</param>
/// <param name="SlowEpisodes">The number of times that the client read so slowly that records were dropped.</param>
public readonly record struct ConnectionStats(long Sent, long SentBytes, int Queued, long QueuedBytes, long Dropped, int SlowEpisodes);
