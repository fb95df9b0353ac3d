using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Consensus;

/// <summary>The proposals as a decision sees them.</summary>
internal interface IConsensusView
{
    ProposalEntity? Proposal(string id);

    /// <summary>The ballots of an open proposal; null if it is not open.</summary>
    BallotBox? Ballots(string id);

    /// <summary>The stored ballot of a voter, if the batch fetched or changed it.</summary>
    BallotEntity? Ballot(EntityKey key);

    int OpenCount { get; }

    /// <summary>The electors of all open proposals together.</summary>
    int OpenElectors { get; }
}

/// <summary>The open proposals and the sums of their ballots. The ballots themselves are in the store; a start reads them once.</summary>
internal sealed partial class ConsensusState : FeatureState, IConsensusView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<ProposalEntity> _proposals;
    private readonly EntityTable<BallotEntity> _ballots;
    private readonly Dictionary<string, BallotBox> _boxes = new(StringComparer.Ordinal);
    private readonly VoteRequests _requests;
    private readonly ConsensusMetrics _metrics;

    public ConsensusState(HiveContext hive)
    {
        _hive = hive;
        _metrics = ConsensusMetrics.Of(hive.Metrics);
        _proposals = hive.Table(ConsensusFeature.Proposals);
        _ballots = hive.Table(ConsensusFeature.Ballots);
        _requests = new VoteRequests(hive, this);
        hive.Timer(ProposalEntity.Entity.Name, id => new CloseProposal(id) { By = hive.Hub });
        hive.On<ProposalOpened>((r, offset, at) => _proposals.Put(ConsensusEvolver.Open(r, offset, at)));
        hive.On<ElectorateKept>((r, _, _) => Begin(r));
        hive.On<BallotKept>(Count);
        hive.On<ProposalExtended>((r, _, _) => Extend(r));
        hive.On<ProposalClosed>((r, _, at) => Close(r, at));
        hive.Views.Add<IConsensusView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public int OpenCount => _proposals.OpenCount;

    public int OpenElectors { get; private set; }

    public ProposalEntity? Proposal(string id) => _proposals[id];

    public BallotBox? Ballots(string id) => _boxes.GetValueOrDefault(id);

    public BallotEntity? Ballot(EntityKey key) => _ballots[key.Id];

    public override async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var proposal in _proposals.Open)
        {
            var box = _boxes[proposal.Id] = new BallotBox(proposal);
            var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [BallotEntity.ProposalColumn] = [proposal.Id] };
            long? after = null;
            while (true)
            {
                var page = await store.QueryAsync(
                    _hive.Hive, new EntityQuery(BallotEntity.Entity.Name, equal, Ascending: true, after, Limits.MaxPageSize), cancel);
                foreach (var stored in page.Entities) Load(box, proposal, stored);
                if (page.Entities.Count < Limits.MaxPageSize) break;
                after = page.Entities[^1].Seq;
            }
        }
    }

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var proposal in _proposals.Open)
        {
            OpenElectors += proposal.Electorate.Count;
            _requests.Add(proposal);
            _hive.Timers.Set(proposal.Key, proposal.Deadline);
        }
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, OpenCount);

    public override void Reset()
    {
        _boxes.Clear();
        _requests.Clear();
        OpenElectors = 0;
    }

    private void Begin(ElectorateKept kept)
    {
        var proposal = _proposals[kept.Proposal]! with { Electorate = kept.Electorate };
        _proposals.Put(proposal);
        _boxes[proposal.Id] = new BallotBox(proposal);
        OpenElectors += proposal.Electorate.Count;
        _requests.Add(proposal);
        _requests.AskAll(proposal);
        _hive.Timers.Set(proposal.Key, proposal.Deadline);
    }

    private void Count(BallotKept kept, long offset, DateTimeOffset at)
    {
        var (proposal, box) = (_proposals[kept.Proposal]!, _boxes[kept.Proposal]);
        var voter = Voters.KeyOf(kept.Agent, kept.User);
        var ballot = ConsensusEvolver.Ballot(proposal, box.Find(voter)!.Value, kept, offset, at);
        _ballots.Put(ballot);
        box.Put(voter, kept.Mask, ballot.Version, ballot.Seq, at);
        if (proposal.CloseEarly && box.IsDecided) _hive.Reactions.Enqueue(new CloseProposal(proposal.Id) { By = _hive.Hub });
    }

    private void Extend(ProposalExtended extended)
    {
        var proposal = ConsensusEvolver.Extend(_proposals[extended.Proposal]!, extended);
        _proposals.Put(proposal);
        _requests.AskAll(proposal);
        _hive.Timers.Set(proposal.Key, proposal.Deadline);
    }

    private void Close(ProposalClosed closed, DateTimeOffset at)
    {
        var proposal = ConsensusEvolver.Close(_proposals[closed.Proposal]!, closed, at);
        _proposals.Put(proposal);
        _boxes.Remove(proposal.Id);
        OpenElectors -= proposal.Electorate.Count;
        _requests.Remove(proposal);
        _hive.Timers.Set(proposal.Key, null);
    }

    // An elector whose ballot cannot be read may vote again, and the new ballot takes the place of the damaged one.
    private void Load(BallotBox box, ProposalEntity proposal, StoredEntity stored)
    {
        try
        {
            var ballot = ConsensusFeature.Ballots.Parse(stored);
            if (box.Find(ballot.Voter) is not null)
                box.Put(ballot.Voter, BallotMask.Of(proposal.Options, ballot.Choices), ballot.Version, ballot.Seq, ballot.CastAt);
        }
        catch (EntityDamagedException e)
        {
            LogDamaged(_hive.Log, stored.Id, proposal.Id, e.Message);
        }
    }

    [LoggerMessage(20, LogLevel.Error, "The ballot '{Ballot}' of proposal '{Proposal}' is damaged and is not counted. {Cause}")]
    private static partial void LogDamaged(ILogger logger, string ballot, string proposal, string cause);

    private sealed class Reachable(IConsensusView whole, Principal by) : IConsensusView
    {
        public int OpenCount => whole.OpenCount;

        public int OpenElectors => whole.OpenElectors;

        public ProposalEntity? Proposal(string id) => whole.Proposal(id) is { } proposal && by.Reaches(proposal.Swarm) ? proposal : null;

        public BallotBox? Ballots(string id) => Proposal(id) is null ? null : whole.Ballots(id);

        // The key contains the principal itself, so it reaches the ballot of no other voter.
        public BallotEntity? Ballot(EntityKey key) => whole.Ballot(key);
    }
}

internal static class ConsensusViewExtensions
{
    extension(IHiveView view)
    {
        public ProposalEntity? Proposal(string id) => view.View<IConsensusView>().Proposal(id);

        public BallotBox? BallotsOf(string id) => view.View<IConsensusView>().Ballots(id);

        public BallotEntity? BallotOf(string proposal, Principal voter) => view.View<IConsensusView>().Ballot(BallotEntity.KeyOf(proposal, voter));

        public int OpenElectors => view.View<IConsensusView>().OpenElectors;

        public int OpenProposals => view.View<IConsensusView>().OpenCount;
    }
}
