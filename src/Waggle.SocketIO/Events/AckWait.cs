using Waggle.Transport.Timers;

namespace Waggle.SocketIO.Events;

/// <summary>Answers that somebody waits for: of one socket, or of all that a broadcast reached.</summary>
internal sealed class AckWait(TimerWheel wheel, long id, bool one) : WheelTimer
{
    private readonly TaskCompletionSource<IReadOnlyList<EventArguments>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<EventArguments> _answers = [];
    private readonly HashSet<Socket> _open = [];
    private bool _sealed;

    public long Id => id;

    public Task<IReadOnlyList<EventArguments>> Answers => _done.Task;

    public void Expect(Socket socket)
    {
        lock (_lock) _open.Add(socket);
        if (!socket.Acks.TryAdd(id, this)) Lose(socket);
    }

    /// <summary>Everybody who is asked is known.</summary>
    public void Seal(TimeSpan? timeout)
    {
        if (timeout is { } time) wheel.Set(this, time);
        lock (_lock)
        {
            _sealed = true;
            TryFinish();
        }
    }

    public void Take(Socket socket, EventArguments answer)
    {
        lock (_lock)
        {
            if (!_open.Remove(socket)) return;
            _answers.Add(answer);
            TryFinish();
        }
    }

    public void Lose(Socket socket)
    {
        lock (_lock)
        {
            if (!_open.Remove(socket)) return;
            if (one) End(() => _done.TrySetException(new OperationCanceledException("The client left without an answer.")));
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

    private void End(Action say)
    {
        wheel.Clear(this);
        say();
    }
}
