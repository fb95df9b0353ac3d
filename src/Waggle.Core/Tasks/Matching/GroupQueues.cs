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

    public void Add(WaitingQueue queue)
    {
        Count++;
        var isNew = !_shares.TryGetValue(queue.Share, out var of);
        if (isNew) _shares[queue.Share] = of = new(queue.Share);
        _last = of!;
        _last.Queues.Add(queue);
        var changed = _last.Follow();
        if (isNew) _order.Add(_last);
        else if (changed) _order.Update(_last);
    }

    public void Update(WaitingQueue queue)
    {
        var of = _shares[queue.Share];
        of.Queues.Update(queue);
        Follow(of);
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
        while (_order.Best(0, s => s.Queues.Best(least, unwanted) is null) is { } first)
        {
            if (!first.IsBehind) return first.Queues.Best(least, unwanted);
            first.CatchUp();
            _order.Update(first);
        }

        return null;
    }

    private void Follow(OfShare of)
    {
        if (of.Follow()) _order.Update(of);
    }

    private sealed class OfShare(FairShare share) : IRanked<OfShare>
    {
        private FairRank _rank = share.Rank;

        public RankTree<WaitingQueue> Queues { get; } = new();

        public double Key => 0;

        public long Seq => share.Seq;

        public bool Ready { get; private set; } = true;

        public bool Counted => Ready;

        /// <summary>Whether the share's counter grew since its place here was determined.</summary>
        public bool IsBehind => _rank != share.Rank;

        public void CatchUp() => _rank = share.Rank;

        public bool Follow()
        {
            var ready = Queues.HasReady;
            if (ready == Ready) return false;
            Ready = ready;
            return true;
        }

        public bool Precedes(OfShare other) => _rank < other._rank;
    }
}
