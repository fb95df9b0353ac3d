using Waggle.Protocol;

namespace Waggle.Delivery;

/// <summary>
/// Shares reads of the log: subscribers that resume at the same time from nearby positions wait for one read and receive the same records. Two reads run at a
/// time, and the others wait. A piece is kept for ten seconds. Thread-safe.
/// </summary>
public sealed class LogScans(ReadHistory read, TimeProvider time) : IDisposable
{
    private const int ReadsAtOnce = 2;
    private const long KeptBytes = 8 * 1024 * 1024;

    // Beyond this distance a separate read is started: the read that is under way might end before the position.
    private const long Near = 256;

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<Scan> _scans = [];
    private readonly SemaphoreSlim _turns = new(ReadsAtOnce);
    private long _bytes;

    /// <summary>Gets the number of reads of the log that were started so far.</summary>
    public long Reads { get; private set; }

    /// <summary>Returns the records after a position, from a shared read or a new one.</summary>
    public async Task<HistoryPiece> ReadAsync(Position after, CancellationToken cancel)
    {
        Scan? passedOver = null;
        while (true)
        {
            Scan scan;
            lock (_lock)
            {
                Forget();
                scan = Find(after, passedOver) ?? Begin(after);
            }

            // The read continues for the other callers when one of them cancels.
            var piece = await scan.Done.Task.WaitAsync(cancel);
            if (scan.From == after) return piece;
            if (Part(piece, after) is { } part) return part;
            passedOver = scan;
        }
    }

    public void Dispose() => _turns.Dispose();

    private Scan? Find(Position after, Scan? passedOver)
    {
        foreach (var scan in _scans)
        {
            if (ReferenceEquals(scan, passedOver)) continue;
            if (scan.From == after) return scan;
            if (scan.Piece is { } piece)
            {
                if (Part(piece, after) is not null) return scan;
            }
            else if (scan.From.Epoch == after.Epoch && after.Offset >= scan.From.Offset && after.Offset - scan.From.Offset < Near) return scan;
        }

        return null;
    }

    private Scan Begin(Position after)
    {
        Reads++;
        var scan = new Scan(after);
        var node = _scans.AddFirst(scan);
        _ = Task.Run(() => RunAsync(node));
        return scan;
    }

    private async Task RunAsync(LinkedListNode<Scan> node)
    {
        var scan = node.Value;
        try
        {
            await _turns.WaitAsync();
            try
            {
                scan.Piece = await read(scan.From, CancellationToken.None);
            }
            finally
            {
                _turns.Release();
            }

            Ended(node);
            scan.Done.SetResult(scan.Piece);
        }
        catch (Exception e)
        {
            Ended(node);
            scan.Done.SetException(e);
        }
    }

    // An empty piece is the end of the log at that time. The next read may find more, so the piece is not kept.
    private void Ended(LinkedListNode<Scan> node)
    {
        lock (_lock)
        {
            var scan = node.Value;
            if (scan.Piece is null || scan.Piece.Records.Count == 0)
            {
                _scans.Remove(node);
                return;
            }

            scan.Until = time.GetTimestamp();
            _bytes += scan.Bytes = scan.Piece.Records.Sum(r => (long)r.Data.Length);
        }
    }

    private void Forget()
    {
        for (var node = _scans.Last; node is not null;)
        {
            var (scan, before) = (node.Value, node.Previous);
            if (scan.Bytes > 0 && (_bytes > KeptBytes || time.GetElapsedTime(scan.Until) > KeptFor))
            {
                _bytes -= scan.Bytes;
                _scans.Remove(node);
            }

            node = before;
        }
    }

    // Returns null if the piece does not prove that the position belongs to this log, or if the piece ends before the position.
    private static HistoryPiece? Part(HistoryPiece piece, Position after)
    {
        if (!piece.Known || after.Offset >= piece.End) return null;
        var (low, high) = (0, piece.Records.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (piece.Records[middle].Position.Offset < after.Offset) low = middle + 1;
            else high = middle;
        }

        if (low == piece.Records.Count || piece.Records[low].Position != after) return null;
        return piece with { Records = [.. piece.Records.Skip(low + 1)] };
    }

    private sealed class Scan(Position from)
    {
        private volatile HistoryPiece? _piece;

        public Position From => from;

        public TaskCompletionSource<HistoryPiece> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Gets or sets the records that were read; null during the read.</summary>
        public HistoryPiece? Piece
        {
            get => _piece;
            set => _piece = value;
        }

        public long Until { get; set; }

        public long Bytes { get; set; }
    }
}
