namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// Writes queued packets on a thread of the pool, and only while there are any: the packets that are queued meanwhile leave in the same write. A broadcast
/// does not pay for a thousand system calls.
/// </summary>
internal sealed class Flusher : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private List<IFlushable> _dirty = [];
    private List<IFlushable> _writing = [];
    private bool _running;

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
