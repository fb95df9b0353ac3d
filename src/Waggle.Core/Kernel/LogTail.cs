namespace Waggle.Core.Kernel;

/// <summary>
/// The latest durable records of the types that a follower beside the loop wants, in memory, so that a follower that keeps up reads no log. The loop writes and
/// never waits; one follower reads. Beyond its capacity the tail forgets its records, and the follower reads them from the log.
/// </summary>
internal sealed class LogTail(Func<RecordData, bool> wants, int capacity, long from, Action<LogTail> close) : IDisposable
{
    // A quiet follower also wakes after this number of other records, so that it can note how far it is.
    private const int QuietRecords = 10_000;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private List<Sealed> _records = [];
    private long _from = from;
    private long _through = from;
    private bool _taken;

    /// <summary>The number of records that wait for the follower.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _records.Count;
        }
    }

    /// <summary>The offset up to which the follower has handled everything; null while records wait or the follower works.</summary>
    public long? QuietThrough
    {
        get
        {
            lock (_gate) return _records.Count == 0 && !_taken ? _through : null;
        }
    }

    public void Publish(IReadOnlyList<Sealed> batch, long head)
    {
        lock (_gate)
        {
            foreach (var record in batch)
            {
                if (wants(record.Data)) _records.Add(record);
            }

            _through = Math.Max(_through, head);
            if (_records.Count > capacity)
            {
                _records = [];
                _from = _through;
            }
            else if (_records.Count == 0 && _through - _from < QuietRecords)
            {
                return;
            }

            if (_wake.CurrentCount == 0) _wake.Release();
        }
    }

    /// <summary>Waits for records and takes them.</summary>
    public async Task<TailPiece> TakeAsync(CancellationToken cancel)
    {
        await _wake.WaitAsync(cancel);
        lock (_gate)
        {
            var piece = new TailPiece(_from, _through, _records);
            _records = [];
            _from = _through;
            _taken = true;
            return piece;
        }
    }

    /// <summary>Tells that the follower has handled what it took.</summary>
    public void Handled()
    {
        lock (_gate) _taken = false;
    }

    public void Dispose()
    {
        close(this);
        _wake.Dispose();
    }
}

/// <param name="After">The piece has every wanted record after this offset.</param>
/// <param name="Through">The last offset that the piece covers.</param>
internal readonly record struct TailPiece(long After, long Through, IReadOnlyList<Sealed> Records);

/// <summary>The tails of a hive. The loop publishes each durable turn to them. Thread-safe.</summary>
internal sealed class LogTails
{
    private readonly Lock _gate = new();
    private LogTail[] _tails = [];

    public LogTail Follow(Func<RecordData, bool> wants, int capacity, Func<long> head)
    {
        lock (_gate)
        {
            var tail = new LogTail(wants, capacity, head(), Close);
            _tails = [.. _tails, tail];
            return tail;
        }
    }

    /// <param name="head">The offset of the last durable record, which readers of the hive see already.</param>
    public void Publish(IReadOnlyList<Sealed> batch, long head)
    {
        if (batch.Count == 0) return;
        lock (_gate)
        {
            foreach (var tail in _tails) tail.Publish(batch, head);
        }
    }

    private void Close(LogTail tail)
    {
        lock (_gate) _tails = [.. _tails.Where(t => t != tail)];
    }
}
