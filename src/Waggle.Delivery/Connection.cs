using System.Buffers;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;
using Waggle.Transport;

namespace Waggle.Delivery;

/// <summary>
/// One client's end of delivery: its subscriptions (touched by its delivery loop alone), its outbox, and the writer that turns the outbox into frames.
/// </summary>
public sealed class Connection : IAsyncDisposable
{
    private const int MaxFrameBytes = 256 * 1024;
    private const int FirstFrameBytes = 4 * 1024;

    // One large answer must not cost its connection a large buffer for ever.
    private const int KeptFrameBytes = 1024 * 1024;

    // How long a client may take for what is queued when it is closed, and for the close itself.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Wire _wire;
    private readonly TimeProvider _time;
    private readonly DeliveryMetrics _metrics;
    private readonly Outbox _outbox;
    private readonly Lock _closing = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly List<Entry> _taken = [];
    private ArrayBufferWriter<byte> _frame = new(FirstFrameBytes);
    private Func<Record, bool>? _hears;
    private int _awake;
    private long _messages;
    private long _bytes;
    private volatile CloseReason? _close;
    private ITimer? _deadline;
    private bool _ended;
    private Task _writer = Task.CompletedTask;

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

    public IRenderer Renderer { get; }

    /// <summary>Whether the client takes frames that hold an array of messages.</summary>
    public bool Batch { get; set; }

    /// <summary>Which records the client may hear; null: all. It may change while the connection lives.</summary>
    public Func<Record, bool>? Hears
    {
        get => Volatile.Read(ref _hears);
        set => Volatile.Write(ref _hears, value);
    }

    /// <summary>Messages carry their own ends (server-sent events): many go into one write as they are.</summary>
    public bool Stream { get; init; }

    /// <summary>The last words before a close, in the dialect's form.</summary>
    public Func<int, string, IDeferred>? Farewell { get; init; }

    /// <summary>Records dropped for this client so far.</summary>
    public long Dropped => _outbox.Dropped;

    /// <summary>What was sent and what waits, counted.</summary>
    public ConnectionStats Stats => new(Volatile.Read(ref _messages), Volatile.Read(ref _bytes), _outbox.Count, _outbox.Bytes, _outbox.Dropped);

    /// <summary>What ended the writer, if it was a fault of ours.</summary>
    public Exception? Fault { get; private set; }

    internal Dictionary<string, TopicPattern[]> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>Up to where the client knows everything that concerns it.</summary>
    internal Position Told { get; set; }

    /// <summary>Messages that wait to be written.</summary>
    internal int Waiting => _outbox.Count;

    internal long WaitingBytes => _outbox.Bytes;

    public void Start()
    {
        _metrics.Started(this);
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>For this client alone, never dropped. From any thread; does not block. After a close it does nothing.</summary>
    public void Send(IDeferred message) => AddKept(new Entry { Kind = EntryKind.Message, Deferred = message });

    public void Send(ReadOnlyMemory<byte> body) => AddKept(new Entry { Kind = EntryKind.Message, Body = body });

    internal void Deliver(Record record, ReadOnlyMemory<byte> body)
    {
        _metrics.Delivered();
        var entry = new Entry { Kind = EntryKind.Record, Class = record.Class, Body = body, Topic = record.Topic, Position = record.Position };
        if (record.Class == RecordClass.Durable) AddKept(entry);
        else _outbox.AddDroppable(entry);
    }

    /// <summary>Lets the writer see what was added. Once a batch, not once a record.</summary>
    internal void Flush()
    {
        if (Interlocked.Exchange(ref _awake, 1) == 0) _signal.Release();
    }

    /// <summary>Sends what is queued, says why, and closes; a client that does not take it in time is cut off. From any thread; the first reason stands.</summary>
    public void Close(int code, string reason) => End(new CloseReason(code, reason), Farewell?.Invoke(code, reason), discard: false);

    /// <summary>Ends when everything was sent and the wire is closed, or it broke.</summary>
    public Task Completion => _writer;

    /// <summary>The client left by itself: nothing more need be said.</summary>
    public async ValueTask DisposeAsync()
    {
        // The signal is not disposed: the delivery loop may still ring it, a session's end closes twice, and without a wait handle it holds nothing.
        End(new CloseReason(CloseCodes.Normal, ""), null, discard: false);
        await _writer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void AddKept(in Entry entry)
    {
        if (!_outbox.TryAddKept(entry))
        {
            // What waits would come again after the resume: only the reason is worth this client's time.
            if (_close is null) _metrics.Slow();
            var why = new CloseReason(CloseCodes.SlowConsumer, "You read too slowly to be told everything. Come back with your last position.");
            End(why, Farewell?.Invoke(why.Code, why.Text), discard: true);
            return;
        }

        if (entry.Kind == EntryKind.Message) Flush();
    }

    private void End(CloseReason why, IDeferred? lastWords, bool discard)
    {
        lock (_closing)
        {
            if (_close is not null) return;

            // In this order: a writer that sees the reason finds the last words.
            _outbox.Complete(lastWords is null ? null : new Entry { Kind = EntryKind.Message, Deferred = lastWords }, discard);
            _close = why;
            if (!_ended) _deadline = _time.CreateTimer(static wire => ((Wire)wire!).Abort(), _wire, CloseTimeout, Timeout.InfiniteTimeSpan);
        }

        Flush();
    }

    private async Task WriteAsync()
    {
        try
        {
            var close = default(CloseReason);
            while (close is null)
            {
                await _signal.WaitAsync();

                // A full fence: the flag must be down before the reason is read, or a close between the two would wake nobody.
                Interlocked.Exchange(ref _awake, 0);
                close = _close;
                while (_outbox.Take(_taken, Limits.MaxMessagesPerFrame) > 0) await WriteTakenAsync();
            }

            await _wire.CloseAsync(close.Code, close.Text, CancellationToken.None);
        }
        catch (IOException)
        {
            // The client is gone; its reader sees the same and ends the session.
            _wire.Abort();
        }
        catch (Exception e)
        {
            // Something could not be put into words. To go on without it would be a silent loss.
            Fault = e;
            End(new CloseReason(CloseCodes.InternalError, ""), null, discard: true);
            await _wire.CloseAsync(CloseCodes.InternalError, "A fault in the hub. Come back with your last position.", CancellationToken.None);
        }
        finally
        {
            _outbox.Complete(null, discard: true);
            _metrics.Ended(this);
            lock (_closing)
            {
                _ended = true;
                _deadline?.Dispose();
            }
        }
    }

    private async ValueTask WriteTakenAsync()
    {
        var next = 0;
        while (next < _taken.Count)
        {
            _frame.ResetWrittenCount();
            var from = next;
            var many = (Batch || Stream) && _taken.Count - next > 1;
            var array = many && !Stream;
            if (array) _frame.Write("["u8);
            do
            {
                if (array && next > from) _frame.Write(","u8);
                Write(_taken[next++]);
            }
            while (many && next < _taken.Count && _frame.WrittenCount < MaxFrameBytes);
            if (array) _frame.Write("]"u8);
            await _wire.SendAsync(_frame.WrittenMemory, CancellationToken.None);
            Volatile.Write(ref _messages, _messages + next - from);
            Volatile.Write(ref _bytes, _bytes + _frame.WrittenCount);
        }

        _taken.Clear();
        if (_frame.Capacity > KeptFrameBytes) _frame = new(FirstFrameBytes);
    }

    private void Write(in Entry entry)
    {
        if (entry.Kind == EntryKind.Gap)
        {
            _metrics.GapTold();
            Renderer.RenderGap(entry.Position, entry.To, entry.Dropped, _frame);
        }
        else if (entry.Deferred is { } deferred) deferred.Write(_frame);
        else _frame.Write(entry.Body.Span);
    }

    private sealed record CloseReason(int Code, string Text);
}

/// <param name="SentBytes">Of payload, without the framing of the transport.</param>
/// <param name="Dropped">Records that the client was told of by a gap instead.</param>
public readonly record struct ConnectionStats(long Sent, long SentBytes, int Queued, long QueuedBytes, long Dropped);
