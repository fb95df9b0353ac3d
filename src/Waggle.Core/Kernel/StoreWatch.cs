using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>Keeps the observations of the owner's loop about its store. The loop writes; any thread may read.</summary>
internal sealed class StoreWatch(TimeProvider time)
{
    private const int MostNames = 20;

    // An idle hive tests its store at this interval, because the last commit of a minute ago predicts little about the next creation.
    private static readonly TimeSpan ProbeAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private string[] _names = [];
    private long _committedAt = time.GetTimestamp();
    private long _began;
    private volatile string? _error;

    /// <summary>Whether the store has no room. The loop sets it.</summary>
    public volatile bool Full;

    /// <summary>Whether the last commit failed and none has succeeded since.</summary>
    public bool IsFailing => _error is not null;

    public bool IsProbeDue => time.GetElapsedTime(Volatile.Read(ref _committedAt)) >= ProbeAfter;

    public void Began() => Volatile.Write(ref _began, Math.Max(1, time.GetTimestamp()));

    public void Committed()
    {
        Volatile.Write(ref _committedAt, time.GetTimestamp());
        Volatile.Write(ref _began, 0);
        _error = null;
    }

    public void Failed(Exception cause)
    {
        Volatile.Write(ref _began, 0);
        _error = cause switch
        {
            StoreFullException => "the disk or the database is full",
            StoreLostException => "a file of the data folder was removed or replaced",
            _ => "the store reported an error, see the hub's log",
        };
    }

    /// <summary>Sets a damaged entity aside. Returns whether this is its first time.</summary>
    public bool SetAside(string kind, string id)
    {
        lock (_gate)
        {
            if (!_damaged.Add($"{kind} {id}")) return false;
            _names = [.. _damaged.Order(StringComparer.Ordinal).Take(MostNames)];
            return true;
        }
    }

    public StoreHealth Read(string? fault, bool stopped)
    {
        var began = Volatile.Read(ref _began);
        var health = new StoreHealth
        {
            Stopped = stopped,
            Full = Full,
            SinceCommit = time.GetElapsedTime(Volatile.Read(ref _committedAt)),
            Committing = began == 0 ? null : time.GetElapsedTime(began),
            Error = _error,
            Fault = fault,
        };
        lock (_gate) return health with { Damaged = _names, DamagedCount = _damaged.Count };
    }
}
