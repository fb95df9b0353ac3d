using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Searching;

/// <summary>The search of a hive's tasks: the index and how far it is. Thread-safe.</summary>
internal sealed class TaskSearch
{
    public static readonly Error Missing = new(ErrorCodes.NotAvailable, "This hub has no search of tasks: its store has no index of them.");

    // A list right after a change finds it on an idle hub. Under load it does not wait for the index.
    private static readonly TimeSpan CatchUpTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // Right after its start, a hub may still be opening the index.
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(5);

    private readonly HiveReader _reader;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Position _at;
    private LogTail? _tail;
    private string? _problem = "it is being opened";
    private long _tasks;
    private volatile TaskIndexer? _indexer;

    private TaskSearch(HiveReader reader, ITaskIndex index)
    {
        (_reader, Index) = (reader, index);
        if (reader.Metrics.Instruments is not { } meter) return;
        meter.CreateObservableGauge("waggle.task.index.tasks", () => Volatile.Read(ref _tasks), "{task}", "Tasks in the index of the search of tasks.");
        meter.CreateObservableGauge("waggle.task.index.pending", () => Pending, "{change}", "Changes of tasks that wait for the index of the search of tasks.");
    }

    public ITaskIndex Index { get; }

    /// <summary>The position up to which the index has all changes.</summary>
    public Position At
    {
        get
        {
            lock (_gate)
            {
                return _tail?.QuietThrough is { } through && through >= _at.Offset ? new Position(Math.Max(_at.Epoch, _reader.Head.Epoch), through) : _at;
            }
        }
    }

    private long Pending
    {
        get
        {
            lock (_gate) return _tail?.Count ?? 0;
        }
    }

    /// <summary>Returns the search of the hive; null for a hive without one.</summary>
    public static TaskSearch? Of(HiveReader reader) =>
        reader.Search?.Tasks is null ? null : reader.Of(static r => new TaskSearch(r, r.Search!.Tasks!));

    /// <summary>Whether the index alone decides about a filter: it does not know the states of open tasks, nor who holds them.</summary>
    public static bool IsExact(TaskQuery query)
    {
        if (query.Agent is not null) return false;
        if (query.States is not { Count: > 0 } states) return true;
        var open = states.Where(s => TaskIndexText.State(s) == TaskIndexText.Open).Distinct().Count();
        return open == 0 || open == Enum.GetValues<TaskState>().Count(s => TaskIndexText.State(s) == TaskIndexText.Open);
    }

    public static TaskIndexQuery QueryOf(Principal by, TaskQuery query) => new(
        query.Text is { } text ? TaskIndexText.Terms(text) : [],
        query.Swarm is { } swarm ? [swarm] : by.Swarms is { } swarms ? [.. swarms] : null,
        query.States is { Count: > 0 } states ? [.. states.Select(TaskIndexText.State).Distinct(StringComparer.Ordinal)] : null,
        query.Type,
        query.Parent,
        query.Error);

    /// <summary>Runs a query. An index that is not complete answers nothing, so that no answer misses tasks without saying so.</summary>
    public async Task<(T? Value, Error? Problem)> DoAsync<T>(Func<ITaskIndex, Task<T>> query, CancellationToken cancel)
    {
        try
        {
            await ThreadPoolSwitch.Switch();
            await _opened.Task.WaitAsync(OpenTimeout, _reader.Time, cancel);
            await ReachAsync(_reader.Head.Offset, CatchUpTimeout, cancel);
            string? problem;
            lock (_gate) problem = _problem;
            return problem is null ? (await query(Index), null) : (default, Unavailable($"The index of tasks does not answer: {problem}."));
        }
        catch (TimeoutException)
        {
            return (default, Unavailable("The index of tasks is not open yet."));
        }
        catch (StoreCorruptException)
        {
            _indexer?.Replace();
            return (default, Unavailable("The index of tasks is damaged and is being filled again; search later."));
        }
        catch (StoreException e)
        {
            return (default, Unavailable($"The index of tasks could not be read: {e.ForClients}"));
        }
    }

    /// <summary>Waits until the index has all changes up to an offset. Returns whether it has.</summary>
    public async Task<bool> ReachAsync(long offset, TimeSpan patience, CancellationToken cancel)
    {
        var since = _reader.Time.GetTimestamp();
        while (At.Offset < offset)
        {
            if (_reader.Time.GetElapsedTime(since) >= patience) return false;
            await Task.Delay(Pause, _reader.Time, cancel);
        }

        return true;
    }

    /// <summary>Keeps the index up to date until the hive stops.</summary>
    public async Task RunAsync(ILogger log, CancellationToken stop)
    {
        _indexer = new TaskIndexer(_reader, this, log);
        await _indexer.RunAsync(stop);
    }

    public void Follow(LogTail tail)
    {
        lock (_gate) _tail = tail;
    }

    /// <summary>Notes that the index has all changes up to a position.</summary>
    public void Reach(TaskIndexState state, Position at)
    {
        Volatile.Write(ref _tasks, state.Tasks);
        lock (_gate) (_at, _problem) = (at, null);
        _opened.TrySetResult();
    }

    /// <summary>Notes why the index does not answer.</summary>
    public void Fail(string problem)
    {
        lock (_gate) _problem = problem;
        _opened.TrySetResult();
    }

    private static Error Unavailable(string message) => new(ErrorCodes.StoreUnavailable, message, 1000);
}
