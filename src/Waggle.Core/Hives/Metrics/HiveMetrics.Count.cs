using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives.Metrics;

/// <summary>What the owner's loop tells. Called by it alone, after the commit: what is counted did happen.</summary>
public sealed partial class HiveMetrics
{
    internal void Answered(Command command, in Outcome outcome) => _commands.Add((command.GetType(), outcome.Error?.Code ?? "OK"));

    internal void Committed(TimeSpan took, int records)
    {
        _commit.Record(took.TotalSeconds);
        _commits.Add(took);
        _records.Record(records);
    }

    internal void CommitFailed() => _failedCommits++;

    internal void TurnBegan(long at) => Volatile.Write(ref _turnBegan, at);

    internal void TurnEnded(TimeSpan took)
    {
        _turn.Record(took.TotalSeconds);
        TurnFailed(took);
    }

    // Whatever came of it, the loop was busy with it.
    internal void TurnFailed(TimeSpan took)
    {
        Volatile.Write(ref _turnBegan, 0);
        _turns.Add(took);
    }

    internal void Pruned(long at) => Volatile.Write(ref _prunedAt, at);

    internal void Opened(ReadOnlySpan<long> byState, int agents)
    {
        byState.CopyTo(_open);
        Volatile.Write(ref _agents, agents);
    }

    internal void Waited(TimeSpan wait) => _wait.Record(wait.TotalSeconds);

    internal void Happened(RecordData data)
    {
        if (data is not TaskRecord record || data.Class != Protocol.Records.RecordClass.Durable) return;
        if (record.State.IsTerminal() && record is not TaskOrphanResult) _ended.Add(record.State);
        switch (record)
        {
            case TaskCreated: _created++; break;
            case TaskAssigned: _assigned++; break;
            case TaskOrphanResult: _orphans++; break;
            case TaskRetryScheduled retry:
                _retries++;
                _attempts.Add(retry.Ended.Outcome);
                break;
            case TaskFailed failed:
                if (failed.DeadLetter) _deadLetters++;
                _attempts.Add(failed.Ended.Outcome);
                break;
            case TaskCompleted completed: _attempts.Add(completed.Ended.Outcome); break;
            case TaskRequeued { Ended: { } end }: _attempts.Add(end.Outcome); break;
            case TaskCancelled { Ended: { } end }: _attempts.Add(end.Outcome); break;
            case TaskExpired { Ended: { } end }: _attempts.Add(end.Outcome); break;
        }
    }
}
