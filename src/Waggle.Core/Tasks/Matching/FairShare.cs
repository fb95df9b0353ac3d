namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The share of one key of a swarm: a counter that grows with each assignment of the key, by the inverse of the weight. The key with the least counter is next
/// (stride scheduling; Waldspurger and Weihl, 1995).
/// </summary>
internal sealed class FairShare(SwarmShares swarm, string key, long seq)
{
    public SwarmShares Swarm => swarm;

    public string Key => key;

    /// <summary>The order of keys with equal counters.</summary>
    public long Seq => seq;

    public double Pass { get; set; }

    /// <summary>The number of waiting queues with tasks of the key.</summary>
    public int Queues { get; set; }

    public FairRank Rank => new(Pass, seq);
}

/// <summary>The place of a key among the keys of its swarm.</summary>
internal readonly record struct FairRank(double Pass, long Seq) : IComparable<FairRank>
{
    public int CompareTo(FairRank other)
    {
        var byPass = Pass.CompareTo(other.Pass);
        return byPass != 0 ? byPass : Seq.CompareTo(other.Seq);
    }

    public static bool operator <(FairRank left, FairRank right) => left.CompareTo(right) < 0;

    public static bool operator >(FairRank left, FairRank right) => left.CompareTo(right) > 0;

    public static bool operator <=(FairRank left, FairRank right) => left.CompareTo(right) <= 0;

    public static bool operator >=(FairRank left, FairRank right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// The shares of a swarm. A key that begins to wait starts at the counter of the last assignment: what it did not use while it was away, it does not get later.
/// </summary>
internal sealed class SwarmShares
{
    // A key without waiting tasks is remembered while it is ahead of the others. Above this number of such keys, all of them are forgotten.
    private const int MostIdle = 1_000;

    private readonly Dictionary<string, FairShare> _shares = new(StringComparer.Ordinal);
    private double _time;
    private int _waiting;
    private long _keys;

    public bool IsIdle => _waiting == 0;

    /// <summary>The counter of the key that was served last, before that assignment.</summary>
    public double Time => _time;

    /// <summary>Returns the share of a key that has another waiting queue.</summary>
    public FairShare Enter(string key)
    {
        if (!_shares.TryGetValue(key, out var share))
        {
            if (_shares.Count - _waiting > MostIdle) Forget();
            _shares[key] = share = new(this, key, ++_keys);
        }

        if (share.Queues++ > 0) return share;
        _waiting++;
        share.Pass = Math.Max(share.Pass, _time);
        return share;
    }

    /// <summary>Notes that a waiting queue of the key is empty.</summary>
    public void Leave(FairShare share)
    {
        if (--share.Queues > 0) return;
        _waiting--;
        if (share.Pass <= _time) _shares.Remove(share.Key);
    }

    /// <summary>Counts an assignment of a key. A key that waits alone takes nothing from another, so its assignments do not count.</summary>
    public void Charge(FairShare share, double weight)
    {
        if (_waiting == 1) return;
        _time = Math.Max(share.Pass, _time);
        share.Pass = _time + (1 / weight);
    }

    private void Forget()
    {
        foreach (var (key, share) in _shares)
        {
            if (share.Queues == 0) _shares.Remove(key);
        }
    }
}

/// <summary>The shares of all swarms. They exist in memory only: after a restart every key starts equal.</summary>
internal sealed class FairShares
{
    private readonly Dictionary<string, SwarmShares> _swarms = new(StringComparer.Ordinal);

    public FairShare Enter(string swarm, string key)
    {
        if (!_swarms.TryGetValue(swarm, out var shares)) _swarms[swarm] = shares = new();
        return shares.Enter(key);
    }

    public void Leave(string swarm, FairShare share)
    {
        share.Swarm.Leave(share);
        if (share.Swarm.IsIdle) _swarms.Remove(swarm);
    }

    public void Clear() => _swarms.Clear();
}
