namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The share of one key of a swarm: a counter that grows with each assignment of the key, by the inverse of the weight. The key with the least counter is next
/// (start-time fair queueing; Goyal, Vin and Cheng, SIGCOMM 1996). Only a key that begins to wait is brought to the time of the others. A key that waits keeps
/// its counter, so that the weights of two keys hold however often others are served meanwhile.
/// </summary>
internal sealed class FairShare(SwarmShares swarm, string key, long seq)
{
    public SwarmShares Swarm => swarm;

    public string Key => key;

    /// <summary>The order of keys with equal counters.</summary>
    public long Seq => seq;

    public double Pass { get; private set; }

    /// <summary>The growth of the counter at the last assignment. A key is ahead of the keys that it competed with by at most this.</summary>
    public double Step { get; private set; }

    /// <summary>The number of waiting queues with tasks of the key.</summary>
    public int Queues { get; set; }

    public FairRank Rank => new(Pass, seq);

    /// <summary>Counts an assignment.</summary>
    public void Charge(double weight)
    {
        Step = 1 / weight;
        Pass += Step;
    }

    /// <summary>
    /// Brings the counter of a key that waits nowhere to the time of the agents that it begins to wait for. What it did not use while it was away, it does not
    /// get later; what it used of other agents does not delay it here.
    /// </summary>
    public void Begin(double time) => Pass = Math.Clamp(Pass, time, time + Step);

    /// <summary>Brings the counter forward to a time.</summary>
    public void Lift(double time) => Pass = Math.Max(Pass, time);
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

/// <summary>The shares of a swarm.</summary>
internal sealed class SwarmShares
{
    // A key without waiting tasks is remembered while it is ahead of the others. Above this number of such keys, all of them are forgotten.
    private const int MostIdle = 1_000;

    private readonly Dictionary<string, FairShare> _shares = new(StringComparer.Ordinal);
    private int _waiting;
    private long _keys;

    public bool IsIdle => _waiting == 0;

    /// <summary>Returns the share of a key that has another waiting queue.</summary>
    /// <param name="time">The time of the agents that the queue waits for.</param>
    public FairShare Enter(string key, double time)
    {
        if (!_shares.TryGetValue(key, out var share))
        {
            if (_shares.Count - _waiting > MostIdle) Forget();
            _shares[key] = share = new(this, key, ++_keys);
        }

        if (share.Queues++ > 0) return share;
        _waiting++;
        share.Begin(time);
        return share;
    }

    /// <summary>Notes that a waiting queue of the key is empty.</summary>
    public void Leave(FairShare share, double time)
    {
        if (--share.Queues > 0) return;
        _waiting--;
        if (share.Pass <= time) _shares.Remove(share.Key);
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

    public FairShare Enter(string swarm, string key, double time)
    {
        if (!_swarms.TryGetValue(swarm, out var shares)) _swarms[swarm] = shares = new();
        return shares.Enter(key, time);
    }

    public void Leave(string swarm, FairShare share, double time)
    {
        share.Swarm.Leave(share, time);
        if (share.Swarm.IsIdle) _swarms.Remove(swarm);
    }

    public void Clear() => _swarms.Clear();
}
