using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Tests.Support;

/// <summary>The rules that the stream of records always obeys: offsets, tokens, one end for each task, progress between its start and its end.</summary>
internal sealed class RecordRules
{
    private readonly Dictionary<string, Seen> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SwarmState> _swarms = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Tasks that were created and have not ended.</summary>
    public int Open { get; private set; }

    public bool IsOpen(string task) => _tasks.TryGetValue(task, out var seen) && !seen.State.IsTerminal();

    public TaskState StateOf(string task) => _tasks[task].State;

    public void See(IReadOnlyList<Record> records, long head)
    {
        foreach (var record in records)
        {
            if (record.Class == RecordClass.Durable) _last++;
            Rule.Holds(record.Position.Offset == _last, $"{record.Kind} has offset {record.Position.Offset}, not {_last}.");
            if (record.Payload is SwarmStateChanged change) _swarms[change.SwarmId] = change.State;
            if (record.Payload is TaskAssigned { Swarm: { } swarm }) Rule.Holds(_swarms.GetValueOrDefault(swarm) == SwarmState.Active, $"Assigned in swarm {swarm}, which is {_swarms.GetValueOrDefault(swarm)}.");
            if (record.Payload is TaskRecord task) See(task, record.Position.Offset);
        }

        Assert.Equal(head, _last);
    }

    private void See(TaskRecord record, long offset)
    {
        if (record is TaskCreated)
        {
            Rule.Holds(_tasks.TryAdd(record.Task, new Seen { State = record.State }), $"{record.Task} was created twice.");
            Open++;
            return;
        }

        var seen = _tasks[record.Task];
        if (record is TaskOrphanResult or TaskUsed) return;
        Rule.Holds(!(seen.State.IsTerminal()), $"{record.Kind} of {record.Task} came after its end as {seen.State}.");
        switch (record)
        {
            case TaskAssigned assigned:
                Assert.Equal(offset, assigned.Token);
                Rule.Holds(assigned.Token > seen.Token, $"Token {assigned.Token} of {record.Task} does not grow from {seen.Token}.");
                Assert.Equal(seen.Attempt + 1, assigned.Attempt);
                seen.Token = assigned.Token;
                seen.Attempt = assigned.Attempt;
                seen.Started = false;
                break;
            case TaskStarted started:
                Assert.Equal((seen.Attempt, seen.Token), (started.Attempt, started.Token));
                seen.Started = true;
                break;
            case TaskProgressed progress:
                Assert.Equal(seen.Attempt, progress.Attempt);
                Rule.Holds(seen.Started && IsAtWork(seen.State), $"Progress of {record.Task} while {seen.State}, started: {seen.Started}.");
                return;
            case TaskLogged log:
                Assert.Equal(seen.Attempt, log.Attempt);
                Rule.Holds(IsAtWork(seen.State), $"A log line of {record.Task} while {seen.State}.");
                return;
        }

        Rule.Holds(record.OldState == seen.State, $"{record.Kind} of {record.Task} says it was {record.OldState}; it was {seen.State}.");
        seen.State = record.State;
        if (record.State.IsTerminal()) Open--;
    }

    // A worker may hold its task while it waits for an answer.
    private static bool IsAtWork(TaskState state) => state.IsHeld() || state == TaskState.InputRequired;

    private sealed class Seen
    {
        public TaskState State { get; set; }

        public long Token { get; set; }

        public int Attempt { get; set; }

        public bool Started { get; set; }
    }
}
