using Waggle.Delivery;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// The transport of one session: a queue while the client polls, and a connection once it has a WebSocket. It also tracks which requests the client may send at
/// the moment, and why the session ended. Thread-safe. No handler runs under its lock.
/// </summary>
internal sealed class SessionTransport(SocketIOOptions options)
{
    // The limit, in bytes, of the packets that wait for a polling client in addition to the queue of its wire's owner.
    private const int MaxPolled = 64 * 1024;

    private readonly Lock _lock = new();
    private volatile Connection? _connection;
    private volatile string? _reason;
    private PollQueue? _polling;
    private bool _isPosting;
    private bool _isUpgrading;

    /// <summary>
    /// Gets the name of the transport: <c>poll</c> or, for a WebSocket, the kind of its wire (<c>socket</c>, <c>pipe</c> or <c>stream</c>).
    /// </summary>
    public string Road { get; private set; } = "poll";

    /// <summary>Gets the connection of the WebSocket; null while the client polls.</summary>
    public Connection? Connection => _connection;

    /// <summary>Gets the reason for the end of the session; null if it has not ended.</summary>
    public string? ClosedFor => _reason;

    public bool IsClosed => _reason is not null;

    /// <summary>Whether a packet can be sent at once.</summary>
    public bool IsWritable
    {
        get
        {
            if (_connection is { } connection) return !connection.IsBlocked;
            lock (_lock) return _polling is { IsPolled: true };
        }
    }

    /// <summary>Whether a polling client still has to fetch its last packets.</summary>
    public bool HasLastWords => _polling is { IsDone: false } && _connection is null;

    /// <summary>Whether the session has ended and the polling client fetches no more packets.</summary>
    public bool IsDone => IsClosed && _polling is { IsDone: true };

    /// <summary>Begins the polling transport of a new client.</summary>
    public void BeginPolling()
    {
        lock (_lock)
        {
            _polling = new PollQueue(options);
            if (IsClosed) _polling.End(DisconnectReasons.ServerShuttingDown);
        }
    }

    /// <summary>Begins the WebSocket transport of a new client.</summary>
    /// <param name="road">See <see cref="Road"/>.</param>
    /// <returns>False if the session has ended.</returns>
    public bool TryOpen(Connection connection, string road)
    {
        lock (_lock)
        {
            if (IsClosed) return false;
            (_connection, Road) = (connection, road);
            return true;
        }
    }

    /// <summary>Queues a packet.</summary>
    /// <returns>False if the queue is full.</returns>
    public bool TryQueue(EncodedMessage packet)
    {
        if (_connection is { } connection) return connection.QueueFrames(packet);
        lock (_lock)
        {
            // The client may have upgraded in the meantime.
            if (_connection is { } upgraded) return upgraded.QueueFrames(packet);
            return _polling?.TryAdd(packet) ?? true;
        }
    }

    /// <summary>Takes complete frames now, or none, for a caller that has its own queue.</summary>
    /// <param name="count">The number of frames.</param>
    /// <param name="isQueued">Whether the frames wait for a flush.</param>
    /// <returns>False if no frames were taken.</returns>
    /// <exception cref="IOException">The session has ended.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count, out bool isQueued)
    {
        isQueued = false;
        if (IsClosed) throw new IOException("The session has ended.");
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

    /// <summary>Returns a task that ends when <see cref="TryWrite"/> may take frames again.</summary>
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

    /// <summary>Takes a request for packets.</summary>
    /// <param name="answer">The payload of the response; null if another request already waits, which is an error of the client.</param>
    /// <param name="isProbed">Whether the client probes another transport at the moment.</param>
    /// <returns>False if the client does not poll.</returns>
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

    /// <summary>Answers this request with a noop packet if it still waits.</summary>
    public void Free(Task<ReadOnlyMemory<byte>?> answer)
    {
        lock (_lock)
        {
            if (!answer.IsCompleted) _polling!.Free();
        }
    }

    /// <summary>Begins a request that delivers packets, unless another one runs.</summary>
    /// <param name="isSecond">Whether another one runs, which is an error of the client.</param>
    /// <returns>False if another one runs, the session has ended, or the client does not poll.</returns>
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

    /// <summary>Begins an upgrade to a WebSocket, unless another one runs.</summary>
    /// <returns>False if another one runs, the session has ended, the client does not poll, or upgrades are disabled.</returns>
    public bool TryBeginUpgrade()
    {
        lock (_lock)
        {
            if (IsClosed || _isUpgrading || _polling is null || _connection is not null || !options.AllowUpgrades) return false;
            return _isUpgrading = true;
        }
    }

    /// <summary>Notes that the WebSocket works. From now on requests for packets do not wait long, so that the client can move.</summary>
    public void Probe()
    {
        lock (_lock) _polling!.Probe();
    }

    /// <summary>Moves the client and the packets that wait to its WebSocket.</summary>
    /// <returns>False if the session has ended and the client fetches no more packets.</returns>
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

    /// <summary>Ends the upgrade, after which the client uses its WebSocket or continues to poll.</summary>
    public void EndUpgrade()
    {
        lock (_lock)
        {
            _isUpgrading = false;
            _polling!.Unprobe();
        }
    }

    /// <summary>Ends the session, unless it has already ended. The first reason is kept.</summary>
    /// <returns>False if it has already ended.</returns>
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
