namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// Writes queued packets on a thread of the pool while there are any. Packets that are queued before a session's turn leave in the same write. The thread that
/// sends a broadcast to a thousand clients does not execute the thousand system calls. Thread-safe.
/// </summary>
internal sealed class Flusher : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private List<IFlushable> _dirty = [];
    private List<IFlushable> _writing = [];
    private bool _running;

    /// <summary>Adds a queue that has packets to write.</summary>
    public void Add(IFlushable queue)
    {
        lock (_lock)
        {
            _dirty.Add(queue);
            if (_running) return;
            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock) (_dirty, _writing) = (_writing, _dirty);
        foreach (var queue in _writing)
        {
            queue.FlushBegins();
            queue.Flush();
        }

        _writing.Clear();
        lock (_lock)
        {
            _running = _dirty.Count > 0;
            if (!_running) return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
