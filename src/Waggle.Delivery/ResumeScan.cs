using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>A piece of the log after a position. Known is false when the position is not of this log, or what follows it is gone.</summary>
public sealed record HistoryPiece(bool Known, IReadOnlyList<Record> Records, long End);

public delegate Task<HistoryPiece> ReadHistory(Position after, CancellationToken cancel);

/// <param name="Recovered">False: there is a hole; the records are then left out altogether.</param>
/// <param name="Head">From here on everything is live.</param>
public sealed record SubscribeResult(string Subscription, bool Recovered, IReadOnlyList<Record> Records, IReadOnlyList<Record> Latest, Position Head);

/// <summary>What a subscription missed since its position: all of it, within the limits, or nothing and a plain no. Never a silent part.</summary>
internal sealed class ResumeScan(SubscriptionSpec interest, Func<Record, bool>? hears, Position? since)
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

    /// <summary>Whether nothing is missing up to the head, after taking what the window has. The window or the log has confirmed the position first.</summary>
    public bool Complete(Window window, Position now)
    {
        if (since is not { } from || _givenUp) return true;
        _checked |= window.Knows(from, now);
        if (!_checked) return false;
        var head = now.Offset;

        // The log is ahead of what was delivered: a position beyond is waited for, records beyond come live.
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

    public async Task ReadOnAsync(ReadHistory history, CancellationToken cancel)
    {
        var piece = await history(_reached, cancel);
        _checked = true;
        if (!piece.Known)
        {
            _givenUp = true;
            return;
        }

        // Looking for a needle in days of log is no resume: whoever has been away for so long loads the state.
        _scanned += piece.Records.Count;
        if (_scanned > MaxScanned) _givenUp = true;
        foreach (var record in piece.Records) Take(record);
        if (piece.End > _reached.Offset) _reached = new(piece.Records.Count > 0 ? piece.Records[^1].Position.Epoch : _reached.Epoch, piece.End);
    }

    private void Take(Record record)
    {
        if (_givenUp || !interest.Wants(record) || hears?.Invoke(record) == false) return;
        _records.Add(record);
        _bytes += record.Data.Length;
        if (_records.Count > Limits.MaxRecoveredRecords || _bytes > Limits.MaxRecoveredBytes) _givenUp = true;
    }
}
