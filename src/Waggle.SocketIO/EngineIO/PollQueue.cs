using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Waggle.Delivery;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// The packets that wait for a polling client, or the request of the client that waits for packets. The caller holds the session's lock during every call.
/// </summary>
internal sealed class PollQueue(SocketIOOptions options)
{
    // The maximum size of a response in bytes, unless one packet alone is larger.
    private const int MaxAnswer = 1024 * 1024;

    // python-engineio closes a connection whose response has more packets.
    private const int MaxAnswerPackets = 16;

    private static readonly ReadOnlyMemory<byte> Noop = new[] { EnginePacketType.Noop };

    private readonly Queue<EncodedMessage> _packets = new();
    private TaskCompletionSource<ReadOnlyMemory<byte>?>? _poll;
    private TaskCompletionSource? _room;
    private long _bytes;
    private byte _last;
    private bool _ended;

    /// <summary>Whether a request waits for packets.</summary>
    public bool IsPolled => _poll is not null && _packets.Count == 0;

    /// <summary>Whether the client probes another transport. Its requests then do not wait long, so that it can move.</summary>
    public bool IsProbed { get; private set; }

    /// <summary>Whether the queue has ended and the client fetches no more packets from it.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Gets a task that ends when the client has fetched packets or the session has ended. It has already ended if no packets wait.</summary>
    public Task WhenTaken =>
        _packets.Count == 0 || _ended ? Task.CompletedTask : (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Gets the number of bytes that wait for the client's next request.</summary>
    public long Waiting => _bytes;

    /// <summary>Adds a packet.</summary>
    /// <returns>False if the queue is full.</returns>
    public bool TryAdd(EncodedMessage packet)
    {
        if (_ended) return true;
        if (_packets.Count >= options.MaxQueuedPackets || (_bytes + packet.Body.Length > options.MaxQueuedBytes && _packets.Count > 0)) return false;
        _bytes += packet.Body.Length;
        Enqueue(packet);
        return true;
    }

    /// <summary>Removes and returns the request that waits, if there are packets for it; otherwise null.</summary>
    /// <param name="payload">The payload with which the caller completes the request after it has released the lock.</param>
    public TaskCompletionSource<ReadOnlyMemory<byte>?>? Flush(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (_poll is not { } poll || (_packets.Count == 0 && !_ended)) return null;
        payload = Compose();
        _poll = null;
        return poll;
    }

    /// <summary>Takes a request for packets.</summary>
    /// <returns>False if another request already waits, which is an error of the client.</returns>
    public bool TryPoll([NotNullWhen(true)] out Task<ReadOnlyMemory<byte>?>? answer)
    {
        answer = null;
        if (_poll is not null) return false;
        if (_packets.Count > 0 || _ended)
        {
            answer = Task.FromResult<ReadOnlyMemory<byte>?>(Compose());
            return true;
        }

        // Continuations run on the thread that flushes, which then writes the response itself.
        _poll = new TaskCompletionSource<ReadOnlyMemory<byte>?>();
        answer = _poll.Task;
        return true;
    }

    /// <summary>Ends the queue. The last packet is a noop if the client closed the session, and otherwise a close.</summary>
    public void End(string reason)
    {
        _ended = true;
        _last = reason == DisconnectReasons.TransportClose ? EnginePacketType.Noop : EnginePacketType.Close;
        if (!DisconnectReasons.IsOrderly(reason)) _packets.Clear();
        if (Flush(out var payload) is { } poll) AnswerSoon(poll, payload);
        Taken();

        // A client that left or violated the protocol fetches no more packets.
        if (!DisconnectReasons.IsOrderly(reason)) IsDone = true;
    }

    /// <summary>Notes that the client probes another transport, and answers its request.</summary>
    public void Probe()
    {
        IsProbed = true;
        Free();
    }

    public void Unprobe() => IsProbed = false;

    /// <summary>Answers the request that waits with a noop packet.</summary>
    public void Free()
    {
        if (_poll is not { } poll) return;
        _poll = null;
        AnswerSoon(poll, Noop);
    }

    /// <summary>Moves the packets to the connection of the client's WebSocket and ends the request that waits.</summary>
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

    // The request is completed on another thread, so that no continuation runs under the lock.
    private static void AnswerSoon(TaskCompletionSource<ReadOnlyMemory<byte>?> poll, ReadOnlyMemory<byte>? payload) =>
        ThreadPool.UnsafeQueueUserWorkItem(static answer => answer.Poll.SetResult(answer.Payload), (Poll: poll, Payload: payload), preferLocal: false);

    // A batch of events is split between packets, so that each part fits into a response.
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

        // The last packet has a response of its own, because clients process a close before the packets that precede it.
        if (_ended && payload.WrittenCount == 0)
        {
            PollingPayload.Add(payload, _last);
            IsDone = true;
        }

        return payload.WrittenMemory;
    }
}
