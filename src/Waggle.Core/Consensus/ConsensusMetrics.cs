using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>The figures of proposals and ballots. The owner's loop writes them; any thread may read them.</summary>
internal sealed class ConsensusMetrics
{
    private static readonly ProposalState[] Ends = [.. Enum.GetValues<ProposalState>().Where(s => s != ProposalState.Open)];

    private readonly long[] _closed = new long[Enum.GetValues<ProposalState>().Length];
    private long _open;
    private long _opened;
    private long _extended;
    private long _cast;
    private long _changed;

    private ConsensusMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.proposals.open", () => Volatile.Read(ref _open), "{proposal}", "Proposals that are open.");
        meter.CreateObservableCounter("waggle.proposals.opened", () => Volatile.Read(ref _opened), "{proposal}", "Proposals that were opened.");
        meter.CreateObservableCounter("waggle.proposals.closed", ReadClosed, "{proposal}", "Proposals that closed, by the state in which they ended.");
        meter.CreateObservableCounter(
            "waggle.proposals.extended", () => Volatile.Read(ref _extended), "{proposal}", "Deadlines of proposals that a tie moved.");
        meter.CreateObservableCounter("waggle.ballots.cast", () => Volatile.Read(ref _cast), "{ballot}", "First votes of electors.");
        meter.CreateObservableCounter("waggle.ballots.changed", () => Volatile.Read(ref _changed), "{ballot}", "Votes that electors changed.");
    }

    public static ConsensusMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new ConsensusMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, int open)
    {
        Volatile.Write(ref _open, open);
        foreach (var (data, _) in turn.Batch)
        {
            switch (data)
            {
                case VoteRecorded { Version: 1 }: Volatile.Write(ref _cast, _cast + 1); break;
                case VoteRecorded: Volatile.Write(ref _changed, _changed + 1); break;
                case ProposalOpened: Volatile.Write(ref _opened, _opened + 1); break;
                case ProposalExtended: Volatile.Write(ref _extended, _extended + 1); break;
                case ProposalClosed closed: Volatile.Write(ref _closed[(int)closed.State], _closed[(int)closed.State] + 1); break;
            }
        }
    }

    private Measurement<long>[] ReadClosed() => [.. Ends.Select(ReadClosed)];

    private Measurement<long> ReadClosed(ProposalState state) =>
        new(Volatile.Read(ref _closed[(int)state]), new KeyValuePair<string, object?>("state", SnakeCase.Of(state)));
}
