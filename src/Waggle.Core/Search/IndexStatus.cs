using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Search;

/// <summary>How far the index is, for answers and metrics. The writers of the index change it; any thread may read it.</summary>
internal sealed class IndexStatus
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IndexState? _state;
    private LogTail? _tail;
    private Position? _at;
    private bool _working = true;
    private (long Done, long Total)? _scan;
    private string? _problem;
    private string? _vectorProblem;

    public IndexStatus(SearchMetrics metrics) => metrics.Watch(() => State?.Entries ?? 0, () => State?.Pending ?? 0, () => PendingChanges);

    /// <summary>Completes when the index is open.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The last known state; null before the index is open.</summary>
    public IndexState? State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>The changes that wait to be indexed.</summary>
    public long PendingChanges
    {
        get
        {
            lock (_gate) return _tail?.Count ?? 0;
        }
    }

    /// <summary>Whether changes are being written.</summary>
    public bool IsWorking
    {
        get
        {
            lock (_gate) return _working;
        }
    }

    public void Set(IndexState state)
    {
        lock (_gate) _state = state;
        _opened.TrySetResult();
    }

    public void Follow(LogTail tail)
    {
        lock (_gate) _tail = tail;
    }

    /// <summary>Notes that the index has every change up to a position.</summary>
    /// <param name="working">Whether taken changes remain to be written.</param>
    public void Reach(Position at, bool working)
    {
        lock (_gate) (_at, _working, _scan, _problem) = (at, working, null, null);
    }

    public void Scan(long done, long total)
    {
        lock (_gate) (_at, _working, _scan) = (null, true, (done, Math.Max(done, total)));
    }

    public void Fail(string? problem)
    {
        lock (_gate) _problem = problem;
    }

    /// <summary>Notes why entries get no vectors; null once they do.</summary>
    public void FailVectors(string? problem)
    {
        lock (_gate) _vectorProblem = problem;
    }

    /// <param name="head">The head of the hive, which an index without a backlog has reached.</param>
    /// <param name="counts">Whether the reader may know how many entries the whole hive has.</param>
    public SearchIndexView Read(Position head, bool counts)
    {
        lock (_gate)
        {
            var quiet = _working ? null : _tail?.QuietThrough;
            return new SearchIndexView
            {
                Position = _at is { } at ? quiet is { } through && through >= at.Offset ? new Position(Math.Max(at.Epoch, head.Epoch), through) : at : null,
                Entries = counts ? _state?.Entries ?? 0 : null,
                PendingChanges = counts ? _tail?.Count ?? 0 : null,
                PendingVectors = counts ? _state?.Pending ?? 0 : null,
                Rebuild = counts && _scan is { } scan ? new IndexRebuildView(scan.Done, scan.Total) : null,
                Problem = _problem ?? _vectorProblem,
            };
        }
    }
}
