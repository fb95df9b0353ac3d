using Waggle.Transport.Timers;

namespace Waggle.SocketIO.Events;

/// <summary>Waits for the acknowledgements of an event: of one socket, or of all sockets that a broadcast reached. Thread-safe.</summary>
/// <param name="id">The id of the acknowledgement.</param>
/// <param name="one">Whether the event is for one socket. The wait then fails if this socket disconnects.</param>
internal sealed class AckWait(TimerWheel wheel, long id, bool one) : WheelTimer
{
    private readonly TaskCompletionSource<IReadOnlyList<EventArguments>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<EventArguments> _answers = [];
    private readonly HashSet<Socket> _open = [];
    private bool _sealed;

    public long Id => id;

    public Task<IReadOnlyList<EventArguments>> Answers => _done.Task;

    /// <summary>Adds a socket to those whose acknowledgement is expected.</summary>
    public void Expect(Socket socket)
    {
        lock (_lock) _open.Add(socket);
        if (!socket.Acks.TryAdd(id, this)) Lose(socket);
    }

    /// <summary>Starts the time limit, after all sockets were added.</summary>
    /// <param name="timeout">The time limit; null for none.</param>
    public void Seal(TimeSpan? timeout)
    {
        if (timeout is { } time) wheel.Set(this, time);
        lock (_lock)
        {
            _sealed = true;
            TryFinish();
        }
    }

    /// <summary>Adds the acknowledgement of a socket.</summary>
    public void Take(Socket socket, EventArguments answer)
    {
        lock (_lock)
        {
            if (!_open.Remove(socket)) return;
            _answers.Add(answer);
            TryFinish();
        }
    }

    /// <summary>Removes a socket that has disconnected.</summary>
    public void Lose(Socket socket)
    {
        lock (_lock)
        {
            if (!_open.Remove(socket)) return;
            if (one) End(() => _done.TrySetException(new OperationCanceledException("The client disconnected before it acknowledged the event.")));
            else TryFinish();
        }
    }

    protected override void Fire()
    {
        Socket[] late;
        lock (_lock)
        {
            late = [.. _open];
            End(() => _done.TrySetException(new AckTimeoutException([.. _answers])));
        }

        foreach (var socket in late) socket.Acks.Remove(id);
    }

    private void TryFinish()
    {
        if (_sealed && _open.Count == 0) End(() => _done.TrySetResult([.. _answers]));
    }

    private void End(Action complete)
    {
        wheel.Clear(this);
        complete();
    }
}
