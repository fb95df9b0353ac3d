namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// Writes for sessions that have something in their outboxes, on a thread of the pool and only while there is something: what is queued meanwhile leaves in
/// the same write. Whoever broadcasts does not pay for a thousand system calls.
/// </summary>
internal sealed class Flusher : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private List<EngineSession> _dirty = [];
    private List<EngineSession> _writing = [];
    private bool _running;

    public void Add(EngineSession session)
    {
        lock (_lock)
        {
            _dirty.Add(session);
            if (_running) return;
            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock) (_dirty, _writing) = (_writing, _dirty);
        foreach (var session in _writing)
        {
            session.IsDirty = 0;
            session.Flush();
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
