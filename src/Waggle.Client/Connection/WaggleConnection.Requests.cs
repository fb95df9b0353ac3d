using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class WaggleConnection
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Request> _pending = [];
    private WaggleException? _end;
    private long _numbers;

    /// <summary>Sends any message and returns the hub's reply. The message's own id is replaced.</summary>
    /// <param name="repeatable">Whether it may be written again when the connection breaks before the answer.</param>
    /// <exception cref="WaggleException">The hub's error, or one of <see cref="ClientErrorCodes"/>.</exception>
    public Task<Reply> RequestAsync(ClientMessage message, bool repeatable, CancellationToken cancel = default) =>
        RequestAsync<Reply>(message, type: null, repeatable, cancel);

    internal Task<T> RequestAsync<T>(ClientMessage message, JsonTypeInfo<T>? type, bool repeatable, CancellationToken cancel) =>
        AwaitAsync(new Call<T>(NextNumber(), message, repeatable, type), cancel);

    internal async Task<T> AwaitAsync<T>(Call<T> call, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await EnqueueAsync(call, cancel);
        if (!cancel.CanBeCanceled) return await call.Answer;
        await using var _ = cancel.UnsafeRegister(
            static (state, token) =>
            {
                var (connection, call) = ((WaggleConnection, Call<T>))state!;
                connection.Forget(call);
                call.Cancel(token);
            },
            (this, call));
        return await call.Answer;
    }

    internal long NextNumber() => Interlocked.Increment(ref _numbers);

    /// <summary>
    /// Enters a request and queues it. Everything up to the queue happens before this returns its task, so calls made under a caller's lock keep their order
    /// even while the queue is full (waiting writers are served first come, first served).
    /// </summary>
    internal ValueTask EnqueueAsync(Request request, CancellationToken cancel = default)
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
    internal async Task RepeatAsync(Request request, TimeSpan delay)
    {
        await Task.Delay(delay, _options.Time, CancellationToken.None);
        request.Written = false;
        await EnqueueAsync(request);
    }

    private async ValueTask WaitForRoomAsync(Request request, CancellationToken cancel)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancel);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // End has failed every request of the table, this one too.
        }
        catch (OperationCanceledException)
        {
            Forget(request);
            throw;
        }
    }

    private void Forget(Request request)
    {
        lock (_gate) _pending.Remove(request.Number);
    }

    private Request? Take(string? id)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        lock (_gate)
        {
            _pending.Remove(number, out var request);
            return request;
        }
    }

    private bool End(WaggleException reason)
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
        _owner.Ended(reason);
        return true;
    }

    /// <summary>After both loops ended: what goes out first on the next socket. What cannot be repeated and was written is failed here.</summary>
    private List<Request> Unanswered()
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
}
