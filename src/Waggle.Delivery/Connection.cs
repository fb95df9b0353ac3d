using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Transport.Wires;

namespace Waggle.Delivery;

/// <summary>
/// One client's end of delivery: its subscriptions (touched by its delivery loop alone) and its outbox. It has no thread, task or buffer of its own: whoever has
/// something for the client puts it into the outbox, and one of them writes.
/// </summary>
public sealed partial class Connection : IAsyncDisposable, IThreadPoolWorkItem
{
    private readonly Wire _wire;
    private readonly TimeProvider _time;
    private readonly DeliveryMetrics _metrics;
    private readonly Outbox _outbox;
    private SmallMap<Subscription> _subscriptions;
    private Func<Record, bool>? _hears;
    private Func<bool>? _lapsed;

    public Connection(string id, Wire wire, IRenderer renderer, OutboxLimits limits, TimeProvider time, DeliveryMetrics? metrics = null)
    {
        Id = id;
        _wire = wire;
        Renderer = renderer;
        _time = time;
        _metrics = metrics ?? DeliveryMetrics.Unread;
        _outbox = new Outbox(limits, _metrics);
    }

    public string Id { get; }

    /// <summary>It may change until the first subscription.</summary>
    public IRenderer Renderer { get; set; }

    /// <summary>Whether the client takes frames that hold an array of messages.</summary>
    public bool Batch { get; set; }

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
    public bool Stream { get; init; }

    /// <summary>The last words before a close, in the dialect's form.</summary>
    public IFarewell? Farewell { get; init; }

    /// <summary>Records dropped for this client so far.</summary>
    public long Dropped => _outbox.Dropped;

    /// <summary>What was sent and what waits, counted.</summary>
    public ConnectionStats Stats => new(Volatile.Read(ref _messages), Volatile.Read(ref _bytes), _outbox.Count, _outbox.Bytes, _outbox.Dropped);

    /// <summary>What ended the writing, if it was a fault of ours.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The agent that the client speaks for, once it does.</summary>
    public string? Agent { get; set; }

    internal ref SmallMap<Subscription> Subscriptions => ref _subscriptions;

    /// <summary>Up to where the client knows everything that concerns it.</summary>
    internal Position LastSentPosition { get; set; }

    /// <summary>For the router: already seen while a list is put together.</summary>
    internal long Mark { get; set; }

    /// <summary>The last record that one of several subscriptions has taken.</summary>
    internal long Turn { get; set; }

    /// <summary>Keys that its subscriptions' rates count at the moment.</summary>
    internal int RateKeys { get; set; }

    /// <summary>Bytes that the limiters of its subscriptions keep back. Its delivery loop's alone.</summary>
    internal long RateBytes { get; set; }

    /// <summary>Who is told that the client reads too slowly: its loop.</summary>
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
        if (AddKept(Entry.Message(message))) FlushSoon();
    }

    public void Send(ReadOnlyMemory<byte> body)
    {
        if (AddKept(Entry.Message(new EncodedMessage(body)))) FlushSoon();
    }

    /// <summary>The same, by who flushes as soon as it has said all it has to say.</summary>
    public void Queue(ReadOnlyMemory<byte> body) => AddKept(Entry.Message(new EncodedMessage(body)));

    /// <summary>A whole frame, as it is: for pings and pongs.</summary>
    public void SendFrame(ReadOnlyMemory<byte> frame)
    {
        if (AddKept(Entry.Frame(new EncodedMessage(frame)))) FlushSoon();
    }

    /// <summary>Whole frames that many connections share, by who flushes later. False: the client is too slow for them and is being sent away.</summary>
    public bool QueueFrames(EncodedMessage frames) => AddKept(Entry.Frame(frames));

    /// <summary>The client has not taken yet what was last sent to it.</summary>
    public bool IsBlocked => _rest is { IsCompleted: false };

    internal void Deliver(EncodedMessage said)
    {
        if (said.Class == RecordClass.Durable) AddKept(Entry.Record(said));
        else _outbox.AddDroppable(Entry.Record(said));
    }

    private bool AddKept(in Entry entry)
    {
        if (_outbox.TryAddKept(entry)) return true;

        // What waits would come again after the resume: only the reason is worth this client's time.
        var first = _close is null;
        var why = new CloseReason(CloseCodes.SlowConsumer, "The client read too slowly. Reconnect with your last position.");
        End(why, Farewell?.Farewell(why.Code, why.Text), discard: true);
        if (first) TellSlow(_outbox.TakeEpisode(), closed: true);
        return false;
    }

    // One that had begun to lose records has been counted.
    private void TellSlow(long dropped, bool closed)
    {
        if (dropped == 0 && closed) _metrics.Slow();
        Slow?.Invoke(new SlowEpisode(Id, Agent, dropped, closed));
    }
}

/// <param name="SentBytes">Of payload and framing, as handed to the transport.</param>
/// <param name="Dropped">Records that the client was told of by a gap instead.</param>
public readonly record struct ConnectionStats(long Sent, long SentBytes, int Queued, long QueuedBytes, long Dropped);
