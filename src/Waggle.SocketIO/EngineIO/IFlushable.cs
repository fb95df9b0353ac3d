namespace Waggle.SocketIO.EngineIO;

/// <summary>A queue of outgoing packets that a <see cref="Flusher"/> empties.</summary>
internal interface IFlushable
{
    /// <summary>Writes the queue. Called on one thread at a time by a flusher, and by the reader of the session.</summary>
    void Flush();

    /// <summary>Called before the flusher flushes the queue. A packet that is queued after this call adds the queue to the flusher again.</summary>
    void FlushBegins();
}
