namespace Waggle.SocketIO.EngineIO;

internal sealed partial class EngineSession
{
    // What waits for a polling client beside the queue that its wire's owner keeps: one answer's worth.
    private const int MaxPolled = 64 * 1024;

    /// <summary>
    /// Takes whole frames now, or none: for a <see cref="NamespaceWire"/>, whose owner has a queue of its own. From any thread; never blocks.
    /// </summary>
    /// <exception cref="IOException">The session is over.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count)
    {
        if (IsClosed) throw new IOException("The session is over.");
        if (_connection is null && TryPoll(frames) is { } polled) return polled;
        return _connection!.TryWrite(frames, count);
    }

    /// <summary>Ends when it is worth trying again.</summary>
    public Task WhenWritableAsync()
    {
        lock (_lock)
        {
            if (_connection is null) return _polling is null || IsClosed ? Task.CompletedTask : _polling.WhenTaken;
        }

        return _connection.WhenWritableAsync();
    }

    // Null: it has a connection by now.
    private bool? TryPoll(ReadOnlySpan<byte> frames)
    {
        lock (_lock)
        {
            if (_connection is not null) return null;
            if (_polling is null || _polling.Waiting > MaxPolled || !_polling.TryAdd(new(frames.ToArray()))) return false;
        }

        if (Interlocked.Exchange(ref _dirty, 1) == 0) _server.FlusherOf(this).Add(this);
        return true;
    }
}
