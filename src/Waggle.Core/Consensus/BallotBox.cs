using System.Numerics;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>
/// The electorate of an open proposal and its ballots, in memory: the electors, their votes and the sums. A ballot costs the same with ten electors and with
/// ten thousand. Only the owner's loop uses it.
/// </summary>
internal sealed class BallotBox
{
    private readonly Dictionary<string, Ballot> _ballots;
    private readonly decimal[] _weights;
    private readonly int[] _counts;
    private readonly VoteTerms _terms;
    private readonly string _proposer;
    private readonly IReadOnlyList<string> _options;

    public BallotBox(ProposalEntity proposal)
    {
        _terms = VoteTerms.Of(proposal);
        _proposer = Voters.ProposerOf(proposal);
        _options = proposal.Options;
        _weights = new decimal[_options.Count];
        _counts = new int[_options.Count];
        _ballots = new(proposal.Electorate.Count, StringComparer.Ordinal);
        foreach (var elector in proposal.Electorate) _ballots.Add(Voters.KeyOf(elector), new(elector.Weight ?? 1, 0, 0, 0, default));
    }

    /// <summary>The number of electors that have voted.</summary>
    public int Voted { get; private set; }

    public decimal VotedWeight { get; private set; }

    public bool IsComplete => Voted == _ballots.Count;

    public bool IsDecided => VoteCounting.IsDecided(_terms, _weights, VotedWeight, ProposerChoices);

    public bool HasQuorum => _terms.HasQuorum(VotedWeight);

    /// <summary>The outcome if there are no further votes.</summary>
    public Verdict Verdict => VoteCounting.Evaluate(_terms, _weights, VotedWeight, ProposerChoices);

    public decimal Margin => VoteCounting.Margin(_weights, _terms.Options);

    public IReadOnlyList<OptionCount> Counts => [.. _options.Select((option, i) => new OptionCount(option, _counts[i], _weights[i]))];

    private ulong? ProposerChoices => _ballots.TryGetValue(_proposer, out var ballot) && ballot.Version > 0 ? ballot.Choices : null;

    /// <summary>Returns an elector's ballot, with version 0 if it has not voted; null if the voter is not an elector.</summary>
    public Ballot? Find(string voter) => _ballots.TryGetValue(voter, out var ballot) ? ballot : null;

    /// <summary>Puts a ballot in place of the elector's earlier one.</summary>
    /// <param name="seq">The offset of the record of the elector's first vote.</param>
    public void Put(string voter, ulong choices, int version, long seq, DateTimeOffset at)
    {
        var before = _ballots[voter];
        if (before.Version == 0)
        {
            Voted++;
            VotedWeight += before.Weight;
        }
        else
        {
            Add(before.Choices, -before.Weight, -1);
        }

        Add(choices, before.Weight, 1);
        _ballots[voter] = new(before.Weight, choices, version, seq, at);
    }

    private void Add(ulong choices, decimal weight, int count)
    {
        for (; choices != 0; choices &= choices - 1)
        {
            var option = BitOperations.TrailingZeroCount(choices);
            _weights[option] += weight;
            _counts[option] += count;
        }
    }

    /// <param name="Choices">The options that it names, as bits.</param>
    internal readonly record struct Ballot(decimal Weight, ulong Choices, int Version, long Seq, DateTimeOffset CastAt);
}
