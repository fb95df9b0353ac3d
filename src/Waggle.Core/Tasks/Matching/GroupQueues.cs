namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The waiting queues of a group by share: the order of shares changes with each assignment, the order within a share does not. A share's place is brought up
/// to date when it is looked at: it only moves back, so a place that is old is too far in front, never too far behind.
/// </summary>
internal sealed class GroupQueues
{
    private readonly Dictionary<FairShare, OfShare> _shares = [];
    private readonly RankTree<OfShare> _order = new();
    private OfShare? _last;

    public int Count { get; private set; }

    /// <summary>The greatest counter of a share at an assignment to an agent of the group. A share that begins to wait for the agents starts here.</summary>
    public double Time { get; private set; }

    /// <summary>The least counter of the shares that a change of a limit opens; infinity between such changes. See <see cref="Openings"/>.</summary>
    public double LeastOpened { get; set; } = double.PositiveInfinity;

    public void Reach(double time) => Time = Math.Max(Time, time);

    public bool HasOtherThan(FairShare share) => _shares.Count > 1 || (_shares.Count == 1 && !_shares.ContainsKey(share));

    public void Add(WaitingQueue queue)
    {
        Count++;
        var isNew = !_shares.TryGetValue(queue.Share, out var of);
        if (isNew) _shares[queue.Share] = of = new(queue.Share);
        _last = of!;
        _last.Queues.Add(queue);
        if (isNew) _order.Add(_last);
        if (Follow(_last)) queue.Share.Lift(Time);
    }

    /// <returns>Whether the share has a queue that is ready, and had none before.</returns>
    public bool Update(WaitingQueue queue)
    {
        var of = _shares[queue.Share];
        of.Queues.Update(queue);
        return Follow(of);
    }

    public void Remove(WaitingQueue queue)
    {
        Count--;
        var of = _shares[queue.Share];
        of.Queues.Remove(queue);
        if (of.Queues.Count > 0)
        {
            Follow(of);
            return;
        }

        _order.Remove(of);
        _shares.Remove(queue.Share);
        _last = null;
    }

    /// <summary>Returns the first queue that requires at most what this key stands for, see <see cref="WaitingQueue.Key"/>.</summary>
    public WaitingQueue? Best(double least, Func<WaitingQueue, bool>? unwanted = null)
    {
        if (_shares.Count == 1) return (_last ??= _shares.Values.First()).Queues.Best(least, unwanted);
        while (_order.Best(least, unwanted is null ? null : s => s.Queues.Best(least, unwanted) is null) is { } first)
        {
            if (!first.IsBehind) return first.Queues.Best(least, unwanted);
            first.CatchUp();
            _order.Update(first);
        }

        return null;
    }

    /// <returns>Whether the share has a queue that is ready, and had none before.</returns>
    private bool Follow(OfShare of)
    {
        var (wasReady, isReady, key) = (of.Ready, of.Queues.HasReady, of.Queues.MaxReadyKey);
        if (isReady && !key.Equals(of.Key))
        {
            _order.Remove(of);
            of.Follow(isReady, key);
            _order.Add(of);
        }
        else if (isReady != wasReady)
        {
            of.Follow(isReady, of.Key);
            _order.Update(of);
        }

        return isReady && !wasReady;
    }

    private sealed class OfShare(FairShare share) : IRanked<OfShare>
    {
        private FairRank _rank = share.Rank;

        public RankTree<WaitingQueue> Queues { get; } = new();

        /// <summary>The greatest key of a queue that is ready. So an agent that is too weak for all queues of a share does not look at the share.</summary>
        public double Key { get; private set; }

        public long Seq => share.Seq;

        public bool Ready { get; private set; }

        public bool Counted => Ready;

        /// <summary>Whether the share's counter grew since its place here was determined.</summary>
        public bool IsBehind => _rank != share.Rank;

        public void CatchUp() => _rank = share.Rank;

        public void Follow(bool ready, double key) => (Ready, Key) = (ready, key);

        public bool Precedes(OfShare other) => _rank < other._rank;
    }
}
