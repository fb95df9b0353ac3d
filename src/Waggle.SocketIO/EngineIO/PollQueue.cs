using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Waggle.Delivery;

namespace Waggle.SocketIO.EngineIO;

/// <summary>What waits for a polling client, and its request that waits for something. All under the session's lock.</summary>
internal sealed class PollQueue(SocketIOOptions options)
{
    // What one answer holds at most, unless one packet alone is larger.
    private const int MaxAnswer = 1024 * 1024;

    // python-engineio gives up a connection whose answer has more packets.
    private const int MaxAnswerPackets = 16;

    private static readonly ReadOnlyMemory<byte> Noop = new[] { EnginePacketType.Noop };

    private readonly Queue<EncodedMessage> _packets = new();
    private TaskCompletionSource<ReadOnlyMemory<byte>?>? _poll;
    private TaskCompletionSource? _room;
    private long _bytes;
    private byte _last;
    private bool _ended;

    /// <summary>A request waits.</summary>
    public bool IsPolled => _poll is not null && _packets.Count == 0;

    /// <summary>The client tries another transport: its requests are answered at once, so that it can leave.</summary>
    public bool IsProbed { get; private set; }

    /// <summary>It ended, and the client knows.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Ends when the client has fetched something, or is gone; at once while nothing waits.</summary>
    public Task WhenTaken =>
        _packets.Count == 0 || _ended ? Task.CompletedTask : (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Bytes that wait for the client's next request.</summary>
    public long Waiting => _bytes;

    /// <summary>False: more waits than may.</summary>
    public bool TryAdd(EncodedMessage packet)
    {
        if (_ended) return true;
        if (_packets.Count >= options.MaxQueuedPackets || (_bytes + packet.Body.Length > options.MaxQueuedBytes && _packets.Count > 0)) return false;
        _bytes += packet.Body.Length;
        Enqueue(packet);
        return true;
    }

    /// <summary>The request that waits, if there is something to say; whoever takes it answers it when the lock is given back.</summary>
    public TaskCompletionSource<ReadOnlyMemory<byte>?>? Flush(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (_poll is not { } poll || (_packets.Count == 0 && !_ended)) return null;
        payload = Compose();
        _poll = null;
        return poll;
    }

    /// <summary>A request comes. False: another one waits already, and the client has lost its way.</summary>
    public bool TryPoll([NotNullWhen(true)] out Task<ReadOnlyMemory<byte>?>? answer)
    {
        answer = null;
        if (_poll is not null) return false;
        if (_packets.Count > 0 || _ended)
        {
            answer = Task.FromResult<ReadOnlyMemory<byte>?>(Compose());
            return true;
        }

        // Who flushes goes on with the answer itself.
        _poll = new TaskCompletionSource<ReadOnlyMemory<byte>?>();
        answer = _poll.Task;
        return true;
    }

    /// <summary>Ends with a word for the client: what it hears is that it was heard, or that it is over.</summary>
    public void End(string reason)
    {
        _ended = true;
        _last = reason == DisconnectReasons.TransportClose ? EnginePacketType.Noop : EnginePacketType.Close;
        if (!DisconnectReasons.IsOrderly(reason)) _packets.Clear();
        if (Flush(out var payload) is { } poll) AnswerSoon(poll, payload);
        Taken();

        // Who left, or broke the rules, fetches nothing more.
        if (!DisconnectReasons.IsOrderly(reason)) IsDone = true;
    }

    public void Probe()
    {
        IsProbed = true;
        Free();
    }

    public void Unprobe() => IsProbed = false;

    /// <summary>Answers the request that waits with nothing.</summary>
    public void Free()
    {
        if (_poll is not { } poll) return;
        _poll = null;
        AnswerSoon(poll, Noop);
    }

    /// <summary>The client has moved.</summary>
    public void MoveTo(Connection connection)
    {
        var poll = _poll;
        _poll = null;
        while (_packets.TryDequeue(out var packet)) connection.QueueFrames(packet);
        _bytes = 0;
        (IsDone, IsProbed) = (true, false);
        Taken();
        if (poll is not null) AnswerSoon(poll, null);
    }

    // Under the lock nobody's continuation runs.
    private static void AnswerSoon(TaskCompletionSource<ReadOnlyMemory<byte>?> poll, ReadOnlyMemory<byte>? payload) =>
        ThreadPool.UnsafeQueueUserWorkItem(static answer => answer.Poll.SetResult(answer.Payload), (Poll: poll, Payload: payload), preferLocal: false);

    // A batch of events is cut between packets, so that each part fits into an answer.
    private void Enqueue(EncodedMessage packet)
    {
        var rest = packet.Body;
        while (PollingPayload.Count(rest.Span) > MaxAnswerPackets)
        {
            var after = rest.Span;
            for (var i = 0; i < MaxAnswerPackets; i++) EngineFrames.Next(ref after, out _);
            _packets.Enqueue(new EncodedMessage(rest[..^after.Length]));
            rest = rest[^after.Length..];
        }

        _packets.Enqueue(rest.Length == packet.Body.Length ? packet : new EncodedMessage(rest));
    }

    private void Taken()
    {
        _room?.TrySetResult();
        _room = null;
    }

    private ReadOnlyMemory<byte> Compose()
    {
        Taken();
        if (_packets.Count == 1 && EngineFrames.OnlyText(_packets.Peek().Body) is { } only)
        {
            _packets.Clear();
            _bytes = 0;
            return only;
        }

        var payload = new ArrayBufferWriter<byte>((int)Math.Min(_bytes, MaxAnswer) + 16);
        var count = 0;
        while (_packets.TryPeek(out var packet))
        {
            count += PollingPayload.Count(packet.Body.Span);
            if (payload.WrittenCount > 0 && (payload.WrittenCount + packet.Body.Length > MaxAnswer || count > MaxAnswerPackets)) break;
            _packets.Dequeue();
            _bytes -= packet.Body.Length;
            PollingPayload.Add(payload, packet.Body.Span);
        }

        // Not in one answer with what goes before: clients act on a close first.
        if (_ended && payload.WrittenCount == 0)
        {
            PollingPayload.Add(payload, _last);
            IsDone = true;
        }

        return payload.WrittenMemory;
    }
}
