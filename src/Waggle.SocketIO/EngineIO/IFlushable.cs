namespace Waggle.SocketIO.EngineIO;

/// <summary>A queue of outgoing packets that a <see cref="Flusher"/> empties.</summary>
internal interface IFlushable
{
    /// <summary>Writes the queue. Called on one thread at a time by a flusher, and by the reader of the session.</summary>
    void Flush();

    /// <summary>The flusher has taken it from its list and is about to flush it: a packet that is queued from here on adds it again.</summary>
    void FlushBegins();
}
