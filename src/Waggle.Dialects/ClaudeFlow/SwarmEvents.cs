using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Consensus;
using Waggle.Core.Performance;
using Waggle.Core.Tasks;
using Waggle.Core.Topology;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The events of the swarm channel.</summary>
internal static class SwarmEvents
{
    private static readonly string[] Waiting =
        [.. new[] { TaskState.Blocked, TaskState.Pending, TaskState.RetryWait }.Select(s => SnakeCase.Of(s))];

    public static IReadOnlyList<EventRow> Rows { get; } =
    [
        EventRow.Of<AgentRegistered>(
            EventTypes.AgentJoined, "agent_registered", "`changed` is not set", r => !r.Changed, r => r.Swarm,
            Field<AgentRegistered>.Text("swarmId", "swarm", r => r.Swarm),
            Field<AgentRegistered>.Text("agentId", "agent", r => r.Agent),
            Field<AgentRegistered>.Text("role", "type", r => r.Type)),
        EventRow.Of<AgentRemoved>(
            EventTypes.AgentLeft, "agent_removed", r => r.Swarm,
            Field<AgentRemoved>.Text("swarmId", "swarm", r => r.Swarm),
            Field<AgentRemoved>.Text("agentId", "agent", r => r.Agent),
            Field<AgentRemoved>.Text("reason", "reason", r => r.Reason)),
        EventRow.Of<TopologyChanged>(
            EventTypes.Topology, "swarm_topology_changed", r => r.SwarmId,
            Field<TopologyChanged>.Text("swarmId", "swarm_id", r => r.SwarmId),
            Field<TopologyChanged>.Text("oldTopology", "from", r => Vocabulary.Of(r.From)),
            Field<TopologyChanged>.Text("newTopology", "to", r => Vocabulary.Of(r.To)),
            Field<TopologyChanged>.Text("reason", "reason", r => r.Reason)),
        EventRow.Of<ProposalOpened>(
            EventTypes.Consensus, "proposal_opened", "a rule of yes and no", r => IsYesNo(r.Rule), r => r.Swarm,
            Field<ProposalOpened>.Text("swarmId", "swarm", r => r.Swarm),
            Field<ProposalOpened>.Text("proposalId", "proposal", r => r.Proposal),
            Field<ProposalOpened>.Text("type", "proposed", _ => "proposed"),
            Field<ProposalOpened>.Value("proposal", "question; if it is a JSON object or array, that", (writer, r) => Questions.Write(writer, r.Question)),
            EventRow.Milliseconds<ProposalOpened>("deadline", "deadline", (r, _) => r.Deadline)),
        EventRow.Of<VoteRecorded>(
            EventTypes.Consensus, "vote_cast", "a rule of yes and no", r => IsYesNo(r.Rule), r => r.Swarm,
            Field<VoteRecorded>.Text("swarmId", "swarm", r => r.Swarm),
            Field<VoteRecorded>.Text("proposalId", "proposal", r => r.Proposal),
            Field<VoteRecorded>.Text("type", "voting", _ => "voting"),
            new FieldMap<VoteRecorded>("votes", "agent, else user; choices, unless hidden", (writer, r, _) => WriteVotes(writer, r, "vote"u8))),
        EventRow.Of<ProposalExtended>(
            EventTypes.Consensus, "proposal_extended", "a rule of yes and no", r => IsYesNo(r.Rule), r => r.Swarm,
            Field<ProposalExtended>.Text("swarmId", "swarm", r => r.Swarm),
            Field<ProposalExtended>.Text("proposalId", "proposal", r => r.Proposal),
            Field<ProposalExtended>.Text("type", "proposed", _ => "proposed"),
            Field<ProposalExtended>.Value("proposal", "question; if it is a JSON object or array, that", (writer, r) => Questions.Write(writer, r.Question)),
            EventRow.Milliseconds<ProposalExtended>("deadline", "deadline", (r, _) => r.Deadline),
            Field<ProposalExtended>.Whole("extension", "extension", r => r.Extension)),
        EventRow.Of<ProposalClosed>(
            EventTypes.Consensus, "proposal_closed", "a rule of yes and no", r => IsYesNo(r.Rule), r => r.Swarm,
            Field<ProposalClosed>.Text("swarmId", "swarm", r => r.Swarm),
            Field<ProposalClosed>.Text("proposalId", "proposal", r => r.Proposal),
            Field<ProposalClosed>.Text(
                "type", "accepted if state is accepted, else rejected", r => r.State == ProposalState.Accepted ? "accepted" : "rejected"),
            Field<ProposalClosed>.Value("proposal", "question; if it is a JSON object or array, that", (writer, r) => Questions.Write(writer, r.Question)),
            Field<ProposalClosed>.Text("state", "state", r => Vocabulary.Of(r.State)),
            Field<ProposalClosed>.Group(
                "result",
                Field<ProposalClosed>.Flag("accepted", "state is accepted", r => r.State == ProposalState.Accepted),
                Field<ProposalClosed>.Whole("votesFor", "result.counts: ballots for yes", r => BallotsFor(r, "yes")),
                Field<ProposalClosed>.Whole("votesAgainst", "result.counts: ballots for no", r => BallotsFor(r, "no")),
                Field<ProposalClosed>.Whole("abstentions", "result.counts: ballots for abstain", r => BallotsFor(r, "abstain")))),
        EventRow.Of<ProposalOpened>(
            EventTypes.Decision, "proposal_opened", "the rule plurality or approval", r => !IsYesNo(r.Rule), r => r.Swarm,
            Field<ProposalOpened>.Text("swarmId", "swarm", r => r.Swarm),
            Field<ProposalOpened>.Text("decisionId", "proposal", r => r.Proposal),
            Field<ProposalOpened>.Text("question", "question", r => r.Question),
            Field<ProposalOpened>.Value("options", "options", (writer, r) => WriteOptions(writer, r.Options)),
            Field<ProposalOpened>.Value("votes", "[]", static (writer, _) => WriteNothing(writer)),
            EventRow.Milliseconds<ProposalOpened>("deadline", "deadline", (r, _) => r.Deadline)),
        EventRow.Of<VoteRecorded>(
            EventTypes.Decision, "vote_cast", "the rule plurality or approval", r => !IsYesNo(r.Rule), r => r.Swarm,
            Field<VoteRecorded>.Text("swarmId", "swarm", r => r.Swarm),
            Field<VoteRecorded>.Text("decisionId", "proposal", r => r.Proposal),
            new FieldMap<VoteRecorded>("votes", "agent, else user; choices, unless hidden; confidence", (writer, r, _) => WriteVotes(writer, r, "option"u8))),
        EventRow.Of<ProposalExtended>(
            EventTypes.Decision, "proposal_extended", "the rule plurality or approval", r => !IsYesNo(r.Rule), r => r.Swarm,
            Field<ProposalExtended>.Text("swarmId", "swarm", r => r.Swarm),
            Field<ProposalExtended>.Text("decisionId", "proposal", r => r.Proposal),
            Field<ProposalExtended>.Text("question", "question", r => r.Question),
            Field<ProposalExtended>.Value("options", "options", (writer, r) => WriteOptions(writer, r.Options)),
            Field<ProposalExtended>.Value("votes", "[]", static (writer, _) => WriteNothing(writer)),
            EventRow.Milliseconds<ProposalExtended>("deadline", "deadline", (r, _) => r.Deadline),
            Field<ProposalExtended>.Whole("extension", "extension", r => r.Extension)),
        EventRow.Of<ProposalClosed>(
            EventTypes.Decision, "proposal_closed", "the rule plurality or approval", r => !IsYesNo(r.Rule), r => r.Swarm,
            Field<ProposalClosed>.Text("swarmId", "swarm", r => r.Swarm),
            Field<ProposalClosed>.Text("decisionId", "proposal", r => r.Proposal),
            Field<ProposalClosed>.Text("question", "question", r => r.Question),
            Field<ProposalClosed>.Value("options", "result.counts: option", (writer, r) => WriteOptions(writer, r.Result.Counts.Select(c => c.Option))),
            Field<ProposalClosed>.Value("votes", "[]", static (writer, _) => WriteNothing(writer)),
            Field<ProposalClosed>.Text("state", "state", r => Vocabulary.Of(r.State)),
            new FieldMap<ProposalClosed>("result", "result.outcome, if the state is accepted", (writer, r, _) =>
            {
                if (r.Result.Outcome is not { } outcome) return;
                writer.WriteStartObject("result"u8);
                writer.WriteString("selectedOption"u8, outcome);
                writer.WriteEndObject();
            })),
        EventRow.Of<SwarmMeasured>(
            EventTypes.State, "swarm_metrics", r => r.SwarmId,
            Field<SwarmMeasured>.Text("swarmId", "swarm_id", r => r.SwarmId),
            Field<SwarmMeasured>.Group(
                "state",
                Field<SwarmMeasured>.Text("topology", "topology", r => r.Topology is { } topology ? Vocabulary.Of(topology) : null),
                Field<SwarmMeasured>.Whole("agentCount", "agents: all", r => r.Agents.Values.Sum()),
                Field<SwarmMeasured>.Whole("activeAgents", "agents.working", r => r.Agents.GetValueOrDefault("working")),
                Field<SwarmMeasured>.Whole("queueSize", "tasks: all open tasks that no agent has", QueueOf),
                Field<SwarmMeasured>.Number("healthScore", "0 to 100, see below; absent without agents", HealthScore.Of))),
        EventRow.Of<TaskAssigned>(
            EventTypes.Coordination, "task_assigned", r => r.Swarm,
            Field<TaskAssigned>.Text("swarmId", "swarm", r => r.Swarm),
            Field<TaskAssigned>.Text("type", "task-assignment", _ => "task-assignment"),
            Field<TaskAssigned>.Group(
                "data",
                Field<TaskAssigned>.Text("taskId", "task", r => r.Task),
                Field<TaskAssigned>.Text("agentId", "agent", r => r.Agent))),
        EventRow.Of<TaskPriorityChanged>(
            EventTypes.Coordination, "task_priority_changed", r => r.Swarm,
            Field<TaskPriorityChanged>.Text("swarmId", "swarm", r => r.Swarm),
            Field<TaskPriorityChanged>.Text("type", "priority-change", _ => "priority-change"),
            Field<TaskPriorityChanged>.Group(
                "data",
                Field<TaskPriorityChanged>.Text("taskId", "task", r => r.Task),
                Field<TaskPriorityChanged>.Whole("oldPriority", "old_priority", r => r.OldPriority),
                Field<TaskPriorityChanged>.Whole("priority", "priority", r => r.Priority))),
    ];

    private static long? QueueOf(SwarmMeasured measured) => Waiting.Sum(state => measured.Tasks.GetValueOrDefault(state));

    // A record of an earlier version has no rule; it was shown as a vote of yes and no.
    private static bool IsYesNo(VoteRule? rule) => rule is null or < VoteRule.Plurality;

    private static long? BallotsFor(ProposalClosed closed, string option) => closed.Result.Counts.FirstOrDefault(c => c.Option == option)?.Ballots;

    private static void WriteVotes(Utf8JsonWriter writer, VoteRecorded vote, ReadOnlySpan<byte> field)
    {
        writer.WriteStartArray("votes"u8);
        foreach (var choice in vote.Choices ?? Enumerable.Repeat<string?>(null, 1))
        {
            writer.WriteStartObject();
            if (vote.Agent is { } agent) writer.WriteString("agentId"u8, agent);
            else writer.WriteString("userId"u8, vote.User);
            if (choice is not null) writer.WriteString(field, choice);
            if (vote.Confidence is { } confidence) writer.WriteNumber("confidence"u8, confidence);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteOptions(Utf8JsonWriter writer, IEnumerable<string> options)
    {
        writer.WriteStartArray();
        foreach (var option in options) writer.WriteStringValue(option);
        writer.WriteEndArray();
    }

    private static void WriteNothing(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        writer.WriteEndArray();
    }
}
