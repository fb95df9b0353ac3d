using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>A piece of the log after a position.</summary>
/// <param name="Known">False if the position does not belong to this log, or if records that follow it are no longer available.</param>
/// <param name="Records">The durable records, in order.</param>
/// <param name="End">The offset up to which the piece is complete.</param>
public sealed record HistoryPiece(bool Known, IReadOnlyList<Record> Records, long End);

/// <summary>Reads a piece of the log after a position.</summary>
public delegate Task<HistoryPiece> ReadHistory(Position after, CancellationToken cancel);

/// <summary>The result of a new subscription.</summary>
/// <param name="Recovered">False if not all missed records are available. <paramref name="Records"/> is then empty.</param>
/// <param name="Records">The missed durable records, in order.</param>
/// <param name="Latest">The newest value of each matching topic of the latest class.</param>
/// <param name="Head">The position after which all records are live.</param>
public sealed record SubscribeResult(string Subscription, bool Recovered, IReadOnlyList<Record> Records, IReadOnlyList<Record> Latest, Position Head);

/// <summary>
/// Collects the records that a subscription missed since its position: all of them, within the limits, or none and <see cref="Recovered"/> is false. The
/// result is never silently incomplete. Not thread-safe: its subscriber and its delivery loop use it in turn.
/// </summary>
/// <param name="hears">The test of the records that the client may receive; null if it may receive all.</param>
/// <param name="since">The position of the last record that the client received; null if it does not resume.</param>
internal sealed class ResumeScan(SubscriptionSpec spec, Func<Record, bool>? hears, Position? since)
{
    private const long MaxScanned = 1_000_000;

    private readonly List<Record> _records = [];
    private long _bytes;
    private Position _reached = since ?? default;
    private bool _checked = since is null;
    private bool _givenUp;
    private long _scanned;

    public bool Resumes => since is not null;

    public bool Recovered => !_givenUp;

    public IReadOnlyList<Record> Records => _givenUp ? [] : _records;

    /// <summary>
    /// Adds the records of the window and returns whether the scan is finished: complete up to the head, or given up. A scan is not complete before the window
    /// or the log has confirmed that its position belongs to this log.
    /// </summary>
    public bool Complete(Window window, Position now)
    {
        if (since is not { } from || _givenUp) return true;
        _checked |= window.Knows(from, now);
        if (!_checked) return false;
        var head = now.Offset;

        // The log is ahead of the delivered records: the scan waits for a position beyond the head, and records beyond the head arrive live.
        if (from.Offset > head) return false;
        if (_reached.Offset >= head)
        {
            _records.RemoveAll(r => r.Position.Offset > head);
            return true;
        }

        if (_reached.Offset < window.Floor) return false;
        foreach (var record in window.After(_reached.Offset)) Take(record);
        return true;
    }

    /// <summary>Reads the next piece of the log.</summary>
    public async Task ReadOnAsync(ReadHistory history, CancellationToken cancel)
    {
        var piece = await history(_reached, cancel);
        _checked = true;
        if (!piece.Known)
        {
            _givenUp = true;
            return;
        }

        // A search through days of log for a few records is too expensive. A client that was away for so long loads the state instead.
        _scanned += piece.Records.Count;
        if (_scanned > MaxScanned) _givenUp = true;
        foreach (var record in piece.Records) Take(record);
        if (piece.End > _reached.Offset) _reached = new(piece.Records.Count > 0 ? piece.Records[^1].Position.Epoch : _reached.Epoch, piece.End);
    }

    private void Take(Record record)
    {
        if (_givenUp || !spec.Wants(record) || hears?.Invoke(record) == false) return;
        _records.Add(record);
        _bytes += record.Data.Length;
        if (_records.Count > Limits.MaxRecoveredRecords || _bytes > Limits.MaxRecoveredBytes) _givenUp = true;
    }
}
