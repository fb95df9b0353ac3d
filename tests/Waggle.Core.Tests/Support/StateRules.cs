using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Presence;
using Waggle.Core.Questions;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Support;

/// <summary>The rules that the state in memory always obeys after a turn.</summary>
internal static class StateRules
{
    public static void Check(TestHive hive, RecordRules records)
    {
        Tasks(hive.State, records);
        Waiting(hive.State);
        Concurrency(hive.State);
        Agents(hive);
        Assignments(hive);
        Questions(hive.State);
        Users(hive);
        Alerts(hive);
    }

    // A cause has one alert, and the worst alert of a part of the hub determines the part's health.
    private static void Alerts(TestHive hive)
    {
        var open = hive.State.OpenAlerts;
        foreach (var one in open.CountBy(a => (a.Fired.Rule, a.Fired.Resource))) Rule.Holds(one.Value == 1, $"{one.Value} alerts of {one.Key} are open.");
        if (hive.Last.Select(r => r.Payload).OfType<SystemMeasured>().LastOrDefault() is not { } measured || !ReferenceEquals(hive.Last[^1].Payload, measured)) return;
        Assert.Equal(open.Select(a => a.Id), measured.Alerts.Select(a => a.Id));
        foreach (var (module, status) in measured.Modules)
        {
            var worst = open.Where(a => a.Fired.Module == module).Select(a => a.Fired.Level).DefaultIfEmpty(AlertLevel.Info).Max();
            Rule.Holds(status == Modules.StatusOf(worst), $"{module} is {status}, and its worst alert is {worst}.");
        }
    }

    // No entry is lost or left over: each task has the timer of its deadlines, and each held one the end of its lease.
    private static void Tasks(HiveState state, RecordRules records)
    {
        Assert.Equal(records.Open, state.Tasks.Count);
        var counts = new Dictionary<(string, TaskState), int>();
        foreach (var task in state.Tasks)
        {
            Rule.Holds(records.IsOpen(task.Id), $"{task.Id} is in memory and not open.");
            Rule.Holds(records.StateOf(task.Id) == task.State, $"{task.Id} is {task.State}; its records say {records.StateOf(task.Id)}.");
            Rule.Holds(TaskDeadlines.Next(task) == state.Timers.DueOf(task.Key), $"{task.Id} wants {TaskDeadlines.Next(task)} and has {state.Timers.DueOf(task.Key)}.");
            Rule.Holds(task.IsHeld == (task.Lease is not null), $"{task.Id} is {task.State} with the lease {task.Lease}.");
            Rule.Holds(task.IsHeld == (state.LeaseUntil(task.Id) is not null), $"{task.Id} is {task.State} with a lease until {state.LeaseUntil(task.Id)}.");
            if (task.IsHeld) Rule.Holds(state.Presence(task.Lease!.Agent)!.Holding.Contains(task.Id), $"The holder of {task.Id} does not know.");
            if (task.State == TaskState.RetryWait) Rule.Holds(task.NextRetryAt is not null, $"{task.Id} waits for ever.");
            if (task.State == TaskState.Cancelling) Rule.Holds(task.CancelDeadline is not null, $"{task.Id} is being cancelled for ever.");
            if (task.State == TaskState.Blocked) Assert.Equal(OpenOf(task, state), state.OpenDependencies(task.Id));
            var key = (task.Swarm, task.State);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        foreach (var swarm in state.Swarms)
        {
            if (swarm.CancelBelow is { } below && state.Timers.DueOf(swarm.Key) is null) Rule.Holds(state.NewestOpen(swarm.Id, below, 1).Count == 0, $"Nobody would finish the stop of {swarm.Id}.");
            foreach (var (of, count) in state.OpenTasks(swarm.Id)) Assert.Equal(counts.GetValueOrDefault((swarm.Id, of)), count);
        }
    }

    private static int OpenOf(TaskEntity task, HiveState state)
    {
        var open = task.Spec.DependsOn!.Distinct().Count(d => state.Task(d) is { } other && !other.State.IsTerminal());
        Rule.Holds(open > 0, $"{task.Id} is blocked and waits for nothing.");
        return open;
    }

    // When a task was assigned, fewer tasks of its key were held than the task itself permits. Tasks with a higher limit may have come since.
    private static void Concurrency(HiveState state)
    {
        foreach (var key in state.Tasks.Where(t => t.IsHeld && t.Spec.Concurrency is not null).GroupBy(t => (t.Swarm, t.Spec.Concurrency!.Key)))
        {
            foreach (var (before, task) in key.OrderBy(t => t.Lease!.Token).Index())
                Rule.Holds(before < task.Spec.Concurrency!.Limit, $"{before} tasks of {key.Key} were held before {task.Id}, which permits {task.Spec.Concurrency.Limit}.");
        }

        var closed = state.Tasks.Count(t => t.State == TaskState.Pending && state.Pending.WaitingFor(t) is not null);
        Rule.Holds(closed == state.Pending.Limited, $"{closed} tasks wait for a limit, and {state.Pending.Limited} are counted.");
    }

    private static void Waiting(HiveState state)
    {
        var queued = 0;
        foreach (var queue in state.Pending.Requirements.SelectMany(r => r.Queues.Values))
        {
            foreach (var rank in queue.Tasks)
            {
                queued++;
                Rule.Holds(state.Task(rank.Task) is { State: TaskState.Pending } task && task.Seq == rank.Seq, $"{rank.Task} is queued and not pending.");
            }
        }

        Rule.Holds(queued == state.Pending.Count, $"The queue counts {state.Pending.Count} and has {queued}.");
        queued += state.TaskState.Dispatch.Quiet.Count;
        Rule.Holds(queued == state.Tasks.Count(t => t.State == TaskState.Pending && (!state.TaskState.Dispatch.Holds.HoldsTask(t.Id) || state.TaskState.Dispatch.Quiet.Has(t.Id))), $"{queued} are queued, of those pending.");
    }

    private static void Agents(TestHive hive)
    {
        var state = hive.State;
        foreach (var agent in state.Agents)
        {
            Assert.Null(agent.RemovedAt);
            var presence = state.Presence(agent.Id)!;
            var due = state.Timers.DueOf(agent.Key);
            if (presence.Online) Rule.Holds(due <= presence.LastSeenAt + hive.Options.AgentOfflineAfter, $"{agent.Id} would not go offline.");
            else if (presence.Holding.Count == 0) Rule.Holds(due <= presence.LastSeenAt + (state.SecretOf(agent.Id) is null ? hive.Options.DeclaredRetention : hive.Options.AgentRetention), $"{agent.Id} would stay for ever.");
            foreach (var held in presence.Holding)
            {
                Rule.Holds(state.Task(held) is { Lease: { } lease } task && task.IsHeld && lease.Agent == agent.Id, $"{agent.Id} does not hold {held}.");
                Rule.Holds(due <= state.LeaseUntil(held), $"Nobody would notice that the lease of {held} lapsed.");
            }
        }
    }

    // A task waits for exactly one open question, and the question has the timer of its deadline.
    private static void Questions(HiveState state)
    {
        var waiting = 0;
        foreach (var task in state.Tasks)
        {
            Rule.Holds(task.State == TaskState.InputRequired == task.Question is not null, $"{task.Id} is {task.State} with the question {task.Question}.");
            if (task.Question is not { } asked) continue;
            waiting++;
            var question = state.Question(asked.Id)?.Shown;
            Rule.Holds(question is { State: QuestionState.Open } && question.Task == task.Id, $"{task.Id} waits for {asked.Id}, which is {question?.State}.");
            Assert.Equal(question!.Deadline, state.Timers.DueOf(QuestionEntity.KeyOf(asked.Id)));
        }

        Rule.Holds(waiting == state.OpenQuestions, $"{waiting} tasks wait for {state.OpenQuestions} questions.");
    }

    // A user who left has a timer at the end of the grace period; a connected user has none.
    private static void Users(TestHive hive)
    {
        foreach (var user in hive.State.Users)
        {
            Assert.Equal(user.Connections.Count == 0, user.LeftAt is not null);
            Assert.Equal(user.LeftAt + hive.Options.PresenceGrace, hive.State.Timers.DueOf(user.Key));
        }
    }

    // The matcher comes last in a turn, so what it looked at is what is there after it.
    private static void Assignments(TestHive hive)
    {
        foreach (var assigned in hive.Last.Select(r => r.Payload).OfType<TaskAssigned>())
        {
            if (hive.State.Task(assigned.Task) is not { } task || task.Lease?.Token != assigned.Token) continue;
            var agent = hive.State.Agent(assigned.Agent)!;
            var presence = hive.State.Presence(assigned.Agent)!;
            Rule.Holds(presence.Holding.Count <= presence.Slots, $"{agent.Id} holds {presence.Holding.Count} of {presence.Slots}.");
            Rule.Holds(presence is { Link: not null, Online: true } && !agent.Draining, $"{agent.Id} cannot take work.");
            Assert.Equal(task.Swarm, agent.Swarm);
            Rule.Holds(Eligibility.Able(task.Spec.Requires, agent), $"{agent.Id} is not able to do {task.Id}.");
            if (task.OnlyFor is { } named) Assert.Equal(named, agent.Id);
        }
    }
}
