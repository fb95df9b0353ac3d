using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Keeps what the owner's loop learns of its store. The loop writes, any thread reads.</summary>
internal sealed class StoreWatch(TimeProvider time)
{
    private const int MostNames = 20;

    // An idle hive looks this often whether a commit gets through: what was durable a minute ago says little of the next creation.
    private static readonly TimeSpan ProbeAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private string[] _names = [];
    private long _committedAt = time.GetTimestamp();
    private long _began;
    private volatile string? _error;

    /// <summary>Set by the loop: the store has no room.</summary>
    public volatile bool Full;

    /// <summary>The last commit failed, and none has succeeded since.</summary>
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

    /// <summary>Whether it is the first time that this entity is found damaged.</summary>
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
