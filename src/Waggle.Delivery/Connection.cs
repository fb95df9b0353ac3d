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

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Wire _wire;
    private readonly TimeProvider _time;
    private readonly Outbox _outbox;
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly List<Entry> _taken = [];
    private readonly ArrayBufferWriter<byte> _frame = new(4 * 1024);
    private int _awake;
    private (int Code, string Reason)? _close;
    private Task _writer = Task.CompletedTask;

    public Connection(string id, Wire wire, IRenderer renderer, OutboxLimits limits, TimeProvider time)
    {
        Id = id;
        _wire = wire;
        Renderer = renderer;
        _time = time;
        _outbox = new Outbox(limits);
    }

    public string Id { get; }

    public IRenderer Renderer { get; }

    /// <summary>Whether the client takes frames that hold an array of messages.</summary>
    public bool Batch { get; set; }

    /// <summary>Records dropped for this client so far.</summary>
    public long Dropped { get; private set; }

    internal Dictionary<string, TopicPattern[]> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>Up to where the client knows everything that concerns it.</summary>
    internal Position Told { get; set; }

    public void Start() => _writer = Task.Run(WriteAsync);

    /// <summary>For this client alone, never dropped. From any thread; does not block.</summary>
    public void Send(IDeferred message) => AddKept(new Entry { Kind = EntryKind.Message, Deferred = message });

    public void Send(ReadOnlyMemory<byte> body) => AddKept(new Entry { Kind = EntryKind.Message, Body = body });

    internal void Deliver(Record record, ReadOnlyMemory<byte> body)
    {
        var entry = new Entry { Kind = EntryKind.Record, Class = record.Class, Body = body, Topic = record.Topic, Position = record.Position };
        if (record.Class == RecordClass.Durable) AddKept(entry);
        else Dropped += _outbox.AddDroppable(entry);
    }

    /// <summary>Lets the writer see what was added. Once a batch, not once a record.</summary>
    internal void Flush()
    {
        if (Interlocked.Exchange(ref _awake, 1) == 0) _signal.Release();
    }

    /// <summary>Sends what is queued, says why, and closes. From any thread; the first reason stands.</summary>
    public void Close(int code, string reason)
    {
        lock (_outbox) _close ??= (code, reason);
        Flush();
    }

    /// <summary>Ends when everything was sent and the wire is closed, or it broke.</summary>
    public Task Completion => _writer;

    public async ValueTask DisposeAsync()
    {
        Close(CloseCodes.Normal, "");
        // The signal is not disposed: the delivery loop may still ring it, a session's end closes twice, and without a wait handle it holds nothing.
        await _writer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void AddKept(in Entry entry)
    {
        if (!_outbox.TryAddKept(entry))
        {
            Close(CloseCodes.SlowConsumer, "You read too slowly to be told everything. Come back with your last position.");
            return;
        }

        if (entry.Kind == EntryKind.Message) Flush();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync();
                Volatile.Write(ref _awake, 0);
                while (_outbox.Take(_taken, Limits.MaxMessagesPerFrame) > 0) await WriteTakenAsync();
                (int Code, string Reason)? close;
                lock (_outbox) close = _close;
                if (close is not { } why) continue;
                using var limit = new CancellationTokenSource(CloseTimeout, _time);
                await _wire.CloseAsync(why.Code, why.Reason, limit.Token);
                return;
            }
        }
        catch (IOException)
        {
            // The client is gone; its reader sees the same and ends the session.
            _wire.Abort();
        }
    }

    private async ValueTask WriteTakenAsync()
    {
        var next = 0;
        while (next < _taken.Count)
        {
            _frame.ResetWrittenCount();
            var from = next;
            var array = Batch && _taken.Count - next > 1;
            if (array) _frame.Write("["u8);
            do
            {
                if (next > from) _frame.Write(","u8);
                Write(_taken[next++]);
            }
            while (array && next < _taken.Count && _frame.WrittenCount < MaxFrameBytes);
            if (array) _frame.Write("]"u8);
            await _wire.SendAsync(_frame.WrittenMemory, CancellationToken.None);
        }

        _taken.Clear();
    }

    private void Write(in Entry entry)
    {
        if (entry.Kind == EntryKind.Gap) Renderer.RenderGap(entry.Position, entry.To, entry.Dropped, _frame);
        else if (entry.Deferred is { } deferred) deferred.Write(_frame);
        else _frame.Write(entry.Body.Span);
    }
}
