using Waggle.Delivery;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// The transport of one session: a queue while the client polls, and a connection from its WebSocket on. It knows which requests the client may make at the
/// moment, and why the session ended. Thread-safe; no handler runs under its lock.
/// </summary>
internal sealed class SessionTransport(SocketIOOptions options)
{
    // The limit of packets that wait for a polling client beside the queue that its wire's owner keeps: one answer's worth.
    private const int MaxPolled = 64 * 1024;

    private readonly Lock _lock = new();
    private volatile Connection? _connection;
    private volatile string? _reason;
    private PollQueue? _polling;
    private bool _isPosting;
    private bool _isUpgrading;

    /// <summary>How the client is here: poll, or the road of its WebSocket (socket, pipe, stream).</summary>
    public string Road { get; private set; } = "poll";

    /// <summary>Null while the client polls.</summary>
    public Connection? Connection => _connection;

    /// <summary>Why the session ended; null while it has not.</summary>
    public string? ClosedFor => _reason;

    public bool IsClosed => _reason is not null;

    /// <summary>A packet that is sent now goes out now.</summary>
    public bool IsWritable
    {
        get
        {
            if (_connection is { } connection) return !connection.IsBlocked;
            lock (_lock) return _polling is { IsPolled: true };
        }
    }

    /// <summary>The session ended, and the client has still to fetch that.</summary>
    public bool HasLastWords => _polling is { IsDone: false } && _connection is null;

    /// <summary>The session ended, and the polling client knows.</summary>
    public bool IsDone => IsClosed && _polling is { IsDone: true };

    /// <summary>The client came by polling.</summary>
    public void BeginPolling()
    {
        lock (_lock)
        {
            _polling = new PollQueue(options);
            if (IsClosed) _polling.End(DisconnectReasons.ServerShuttingDown);
        }
    }

    /// <summary>The client came by WebSocket.</summary>
    public bool TryOpen(Connection connection, string road)
    {
        lock (_lock)
        {
            if (IsClosed) return false;
            (_connection, Road) = (connection, road);
            return true;
        }
    }

    /// <returns>False: the queue is full.</returns>
    public bool TryQueue(EncodedMessage packet)
    {
        if (_connection is { } connection) return connection.QueueFrames(packet);
        lock (_lock)
        {
            // It may have been upgraded in between.
            if (_connection is { } upgraded) return upgraded.QueueFrames(packet);
            return _polling?.TryAdd(packet) ?? true;
        }
    }

    /// <summary>Takes whole frames now, or none: for a caller that has a queue of its own.</summary>
    /// <param name="isQueued">The frames wait for a flush.</param>
    /// <exception cref="IOException">The session is over.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count, out bool isQueued)
    {
        isQueued = false;
        if (IsClosed) throw new IOException("The session is over.");
        if (_connection is null)
        {
            lock (_lock)
            {
                if (_connection is null)
                    return isQueued = _polling is not null && _polling.Waiting <= MaxPolled && _polling.TryAdd(new(frames.ToArray()));
            }
        }

        return _connection.TryWrite(frames, count);
    }

    /// <summary>Ends when <see cref="TryWrite"/> may take frames again.</summary>
    public Task WhenWritableAsync()
    {
        lock (_lock)
        {
            if (_connection is null) return _polling is null || IsClosed ? Task.CompletedTask : _polling.WhenTaken;
        }

        return _connection.WhenWritableAsync();
    }

    public void Flush()
    {
        if (_connection is { } connection)
        {
            connection.Flush();
            return;
        }

        TaskCompletionSource<ReadOnlyMemory<byte>?>? poll = null;
        ReadOnlyMemory<byte> payload = default;
        lock (_lock) poll = _polling?.Flush(out payload);
        poll?.SetResult(payload);
    }

    /// <summary>A request for packets.</summary>
    /// <param name="answer">Null: another request waits already, which is an error of the client.</param>
    /// <param name="isProbed">The client tries another transport at the moment.</param>
    /// <returns>False: the client does not poll.</returns>
    public bool TryPoll(out Task<ReadOnlyMemory<byte>?>? answer, out bool isProbed)
    {
        (answer, isProbed) = (null, false);
        lock (_lock)
        {
            if (_connection is not null || _polling is null || _polling.IsDone) return false;
            _polling.TryPoll(out answer);
            isProbed = _polling.IsProbed;
            return true;
        }
    }

    /// <summary>Answers this request with nothing, if it still waits.</summary>
    public void Free(Task<ReadOnlyMemory<byte>?> answer)
    {
        lock (_lock)
        {
            if (!answer.IsCompleted) _polling!.Free();
        }
    }

    /// <summary>A request that brings packets begins: one at a time.</summary>
    /// <param name="isSecond">Another one is under way, which is an error of the client.</param>
    public bool TryBeginPost(out bool isSecond)
    {
        isSecond = false;
        lock (_lock)
        {
            if (IsClosed || _connection is not null) return false;
            isSecond = _isPosting;
            _isPosting = true;
            return !isSecond;
        }
    }

    public void EndPost()
    {
        lock (_lock) _isPosting = false;
    }

    /// <summary>A WebSocket of a polling client opens: one at a time.</summary>
    public bool TryBeginUpgrade()
    {
        lock (_lock)
        {
            if (IsClosed || _isUpgrading || _polling is null || _connection is not null || !options.AllowUpgrades) return false;
            return _isUpgrading = true;
        }
    }

    /// <summary>The WebSocket works: polls are answered at once from here on, so that the client can move.</summary>
    public void Probe()
    {
        lock (_lock) _polling!.Probe();
    }

    /// <summary>The client moves to its WebSocket, and the packets that wait move with it.</summary>
    /// <returns>False: the session ended, and the client does not ask for the last packet any more.</returns>
    public bool TryMove(Connection connection, string road)
    {
        lock (_lock)
        {
            if (_polling!.IsDone) return false;
            _polling.MoveTo(connection);
            (_connection, Road) = (connection, road);
            return true;
        }
    }

    /// <summary>The client has moved, or polls on.</summary>
    public void EndUpgrade()
    {
        lock (_lock)
        {
            _isUpgrading = false;
            _polling!.Unprobe();
        }
    }

    /// <returns>False: it has ended already, for the reason that stands.</returns>
    public bool TryEnd(string reason)
    {
        lock (_lock)
        {
            if (IsClosed) return false;
            _reason = reason;
            _polling?.End(reason);
            return true;
        }
    }
}
