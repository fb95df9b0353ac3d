using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// The requests of a connection that have no answer yet, and the queue in which new ones wait for the socket. It outlives sockets. Thread-safe; its lock
/// guards the table alone, and nothing is called while it is held.
/// </summary>
internal sealed class RequestTable(int capacity, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Request> _pending = [];
    private readonly Channel<Request> _queue = Channel.CreateBounded<Request>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly CancellationTokenSource _ended = new();
    private WaggleException? _end;
    private long _numbers;

    /// <summary>What is to be written, in order. Completes when the connection has ended.</summary>
    public ChannelReader<Request> Queue => _queue.Reader;

    /// <summary>Cancelled when the connection has ended for good.</summary>
    public CancellationToken Ended => _ended.Token;

    public bool HasEnded
    {
        get
        {
            lock (_gate) return _end is not null;
        }
    }

    /// <summary>Sends a message and returns what the hub answers. The message's own id is replaced.</summary>
    /// <param name="type">How the answer's result is read; null: the whole reply is the answer.</param>
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
    /// Enters a request and queues it. Everything up to the queue happens before this returns its task, so calls made under a caller's lock keep their order
    /// even while the queue is full (waiting writers are served first come, first served).
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

    /// <summary>Queues a request once more that the hub answered with "later". Meanwhile it is in no table, so a reconnect does not write it twice.</summary>
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
    /// <returns>Null: it was cancelled, or answered before the connection broke, or the id is none of this connection.</returns>
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
    /// <returns>False: the table has ended before.</returns>
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
    /// Called between two sockets: the requests that go out first on the next one, in their first order. A request that was written and cannot be repeated
    /// fails with <see cref="ClientErrorCodes.ConnectionLost"/>.
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
            // End has failed every request of the table, this one too.
        }
        catch (OperationCanceledException)
        {
            Forget(request);
            throw;
        }
    }
}
