using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// The unanswered requests of a connection, and the queue in which new ones wait for the socket. It outlives sockets. Thread-safe; its lock guards only the
/// table, and no other code is called while it is held.
/// </summary>
internal sealed class RequestTable(int capacity, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Request> _pending = [];
    private readonly Channel<Request> _queue = Channel.CreateBounded<Request>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly CancellationTokenSource _ended = new();
    private WaggleException? _end;
    private long _numbers;

    /// <summary>The requests to write, in order. The reader completes when the connection has ended.</summary>
    public ChannelReader<Request> Queue => _queue.Reader;

    /// <summary>Cancelled when the connection has ended permanently.</summary>
    public CancellationToken Ended => _ended.Token;

    public bool HasEnded
    {
        get
        {
            lock (_gate) return _end is not null;
        }
    }

    /// <summary>Sends a message and returns the hub's answer. The connection replaces the message's own id.</summary>
    /// <param name="type">The JSON of the answer's result; null returns the whole reply.</param>
    public Task<T> SendAsync<T>(ClientMessage message, JsonTypeInfo<T>? type, bool repeatable, CancellationToken cancel) =>
        SendAsync(new Call<T>(NextNumber(), message, repeatable, type), cancel);

    public async Task<T> SendAsync<T>(Call<T> call, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await EnqueueAsync(call, cancel);
        if (!cancel.CanBeCanceled) return await call.Answer;
        await using var _ = cancel.UnsafeRegister(
            static (state, token) =>
            {
                var (table, call) = ((RequestTable, Call<T>))state!;
                table.Forget(call);
                call.Cancel(token);
            },
            (this, call));
        return await call.Answer;
    }

    public long NextNumber() => Interlocked.Increment(ref _numbers);

    /// <summary>
    /// Enters a request and queues it. All of it up to the queue happens before this returns its task, so calls under a caller's lock keep their order even
    /// while the queue is full (waiting writers are served in order).
    /// </summary>
    public ValueTask EnqueueAsync(Request request, CancellationToken cancel = default)
    {
        WaggleException? end;
        lock (_gate)
        {
            end = _end;
            if (end is null) _pending.Add(request.Number, request);
        }

        if (end is not null)
        {
            request.Failed(end);
            return default;
        }

        return _queue.Writer.TryWrite(request) ? default : WaitForRoomAsync(request, cancel);
    }

    /// <summary>
    /// Queues a request again that the hub asked to send later. Meanwhile the request is in no table, so a reconnect does not write it twice.
    /// </summary>
    public async Task RepeatAsync(Request request, TimeSpan delay)
    {
        await Task.Delay(delay, time, CancellationToken.None);
        request.Written = false;
        await EnqueueAsync(request);
    }

    public void Forget(Request request)
    {
        lock (_gate) _pending.Remove(request.Number);
    }

    /// <summary>Fails a request that cannot be written.</summary>
    public void Reject(Request request, WaggleException reason)
    {
        Forget(request);
        request.Failed(reason);
    }

    /// <summary>Removes the request that an answer is for.</summary>
    /// <returns>
    /// The request; null if it was cancelled or answered before the connection broke, or if the id is not one of this connection.</returns>
    public Request? Take(string? id)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        lock (_gate)
        {
            _pending.Remove(number, out var request);
            return request;
        }
    }

    /// <summary>Fails every request, now and from now on.</summary>
    /// <returns>False if the table has ended before.</returns>
    public bool End(WaggleException reason)
    {
        Request[] left;
        lock (_gate)
        {
            if (_end is not null) return false;
            _end = reason;
            left = [.. _pending.Values];
            _pending.Clear();
        }

        _queue.Writer.TryComplete();
        _ended.Cancel();
        foreach (var request in left) request.Failed(reason);
        return true;
    }

    /// <summary>
    /// Returns the requests to write first on the next socket, in their original order. The connection calls this between two sockets. A request that was
    /// written and cannot be repeated fails with <see cref="ClientErrorCodes.ConnectionLost"/>.
    /// </summary>
    public List<Request> TakeUnanswered()
    {
        List<Request> written;
        lock (_gate)
        {
            written = [.. _pending.Values.Where(r => r.Written)];
            foreach (var request in written.Where(r => !r.Repeatable)) _pending.Remove(request.Number);
        }

        foreach (var request in written.Where(r => !r.Repeatable))
        {
            request.Failed(new WaggleException(
                ClientErrorCodes.ConnectionLost,
                $"The connection broke after {request.Message.Type} was sent and before it was answered: its outcome is unknown."));
        }

        written.RemoveAll(r => !r.Repeatable);
        written.Sort((a, b) => a.Number.CompareTo(b.Number));
        return written;
    }

    public void Dispose() => _ended.Dispose();

    private async ValueTask WaitForRoomAsync(Request request, CancellationToken cancel)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancel);
        }
        catch (ChannelClosedException)
        {
            // End has failed every request of the table, including this one.
        }
        catch (OperationCanceledException)
        {
            Forget(request);
            throw;
        }
    }
}
