using Waggle.Core.AgentReports;
using Waggle.Core.Agents;
using Waggle.Core.Apps;
using Waggle.Core.Consensus;
using Waggle.Core.Performance;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Topology;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Record = Waggle.Protocol.Records.Record;

namespace Waggle.Dialects.Tests.ClaudeFlow;

/// <summary>The records that the page shows: a short story with one record of each kind that the dialect renders.</summary>
internal static class Samples
{
    private const string Task = "t12";
    private const string Title = "Review the parser";
    private const string Agent = "agent-1";
    private const string Swarm = "swarm-1";

    public static IReadOnlyList<Record> Records { get; } =
    [
        EncodedText.RecordOf(new AgentRegistered { Agent = Agent, Name = Agent, Type = "reviewer", Swarm = Swarm, Capabilities = new Dictionary<string, double>(StringComparer.Ordinal) }),
        EncodedText.RecordOf(new AgentStatusChanged { Agent = Agent, Name = Agent, Swarm = Swarm, OldStatus = AgentStatus.Offline, Status = AgentStatus.Online, Slots = 1, Holding = 0 }),
        EncodedText.RecordOf(new TaskCreated
        {
            Task = Task, Title = Title, Swarm = Swarm, State = TaskState.Pending, Priority = 2,
            Spec = new TaskSpec { Title = Title, Type = "review", Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["branch"] = "main" } },
        }),
        EncodedText.RecordOf(new TaskAssigned
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Pending, State = TaskState.Assigned, Agent = Agent, AgentName = Agent, Attempt = 1, Token = 13, LeaseMs = 30_000,
            AssignmentReason = new(0.9, 0.85, 1, 1), Holding = 1,
        }),
        EncodedText.RecordOf(new TaskStarted { Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Assigned, State = TaskState.Running, Agent = Agent, AgentName = Agent, Attempt = 1, Token = 13 }),
        EncodedText.RecordOf(new TaskProgressed { Task = Task, Title = Title, Swarm = Swarm, State = TaskState.Running, Agent = Agent, AgentName = Agent, Attempt = 1, Progress = 0.5, Message = "half way" }),
        EncodedText.RecordOf(new TaskRetryScheduled
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.RetryWait, NextRetryAt = EncodedText.At.AddSeconds(2),
            Ended = End(AttemptOutcomes.Failed) with { Error = new("TIMEOUT", "The parser hangs.") },
        }),
        EncodedText.RecordOf(new TaskPriorityChanged { Task = Task, Title = Title, Swarm = Swarm, State = TaskState.Pending, OldPriority = 2, Priority = 1, ChangedBy = "ann" }),
        EncodedText.RecordOf(new TaskVerifying
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Verifying, DurationMs = 1250, Deadline = EncodedText.At, Schema = false,
            Ended = End(AttemptOutcomes.Claimed),
        }),
        EncodedText.RecordOf(new TaskInputRequired
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.InputRequired, Question = "q1", Agent = Agent, QuestionText = "Which branch?",
            Ended = End(AttemptOutcomes.Asked),
        }),
        EncodedText.RecordOf(new TaskRequeued { Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Pending, Reason = AttemptOutcomes.Lost, Ended = End(AttemptOutcomes.Lost) }),
        EncodedText.RecordOf(new TaskCompleted
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Completed, DurationMs = 1250, Result = RawJson.Parse("""{"success":true}"""), Ended = End(AttemptOutcomes.Completed),
        }),
        EncodedText.RecordOf(new TaskFailed
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Failed, Error = new("BROKEN", "It broke."), Ended = End(AttemptOutcomes.Failed),
        }),
        EncodedText.RecordOf(new TaskCancelled
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Cancelling, State = TaskState.Cancelled, Reason = "enough", CancelledBy = "ann", Ended = End(AttemptOutcomes.Cancelled),
        }),
        EncodedText.RecordOf(new TaskExpired { Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Expired, Timeout = "schedule_to_close", Ended = End(AttemptOutcomes.Expired) }),
        EncodedText.RecordOf(new TopologyChanged
        {
            SwarmId = Swarm, Swarm = Swarm, Name = "One", From = TopologyKind.Mesh, To = TopologyKind.HierarchicalMesh, Chosen = TopologyKind.HierarchicalMesh, Reason = "load", Affected = 5, ChangedBy = "ann",
        }),
        EncodedText.RecordOf(Opened("proposal-1", """{"action":"scale-up"}""", VoteRule.Simple, "yes", "no")),
        EncodedText.RecordOf(new VoteRecorded { Proposal = "proposal-1", Swarm = Swarm, Agent = Agent, Weight = 1, Version = 1, Rule = VoteRule.Simple, Choices = ["yes"], Voted = 1, VotedWeight = 1 }),
        EncodedText.RecordOf(Extended("proposal-1", """{"action":"scale-up"}""", VoteRule.Simple, "yes", "no")),
        EncodedText.RecordOf(Closed("proposal-1", """{"action":"scale-up"}""", VoteRule.Simple, "yes", ("yes", 3), ("no", 1), ("abstain", 0))),
        EncodedText.RecordOf(Opened("decision-1", "Which first?", VoteRule.Plurality, "parser", "lexer")),
        EncodedText.RecordOf(new VoteRecorded { Proposal = "decision-1", Swarm = Swarm, Agent = Agent, Weight = 1, Version = 1, Rule = VoteRule.Plurality, Choices = ["lexer"], Confidence = 0.9, Voted = 1, VotedWeight = 1 }),
        EncodedText.RecordOf(Extended("decision-1", "Which first?", VoteRule.Plurality, "parser", "lexer")),
        EncodedText.RecordOf(Closed("decision-1", "Which first?", VoteRule.Plurality, "lexer", ("parser", 1), ("lexer", 2), ("abstain", 0))),
        EncodedText.RecordOf(new SwarmMeasured
        {
            SwarmId = Swarm, Swarm = Swarm, Name = "One", State = SwarmState.Active, Topology = TopologyKind.Mesh, Tasks = new Dictionary<string, int>(StringComparer.Ordinal) { ["pending"] = 3, ["running"] = 4 },
            Agents = new Dictionary<string, int>(StringComparer.Ordinal) { ["working"] = 4, ["idle"] = 3, ["offline"] = 1 },
            Totals = new() { Completed = 45 }, Window = new() { WindowMs = 300_000, Completed = 9, Failed = 1 },
        }),
        EncodedText.RecordOf(new AgentFailed { Agent = Agent, Name = Agent, Swarm = Swarm, Reason = FailureReason.Heartbeat, Message = "not seen for 30 s", Requeued = 1, Recovery = RecoveryAction.Requeued }),
        EncodedText.RecordOf(new AgentHealthReported { Agent = Agent, Name = Agent, Swarm = Swarm, ReportedBy = Agent, Healthy = true }),
        EncodedText.RecordOf(new AgentMetricsReported
        {
            Agent = Agent, Name = Agent, Swarm = Swarm, ReportedBy = Agent, Metrics = new Dictionary<string, ReportedMetric>(StringComparer.Ordinal) { ["cpu"] = new(50), ["responseTime"] = new(12.5) },
        }),
        EncodedText.RecordOf(new AgentLogged
        {
            Agent = Agent, Name = Agent, Swarm = Swarm, ReportedBy = Agent,
            Entries = [new AgentLogEntry { Level = AgentLogLevel.Warn, Message = "slow", Context = RawJson.Parse("""{"ms":900}""") }, new AgentLogEntry { Level = AgentLogLevel.Trace, Message = "again" }],
        }),
        EncodedText.RecordOf(new AgentRemoved { Agent = Agent, Name = Agent, Swarm = Swarm, Reason = "maintenance", RemovedBy = "ann", Requeued = 0 }),
        EncodedText.RecordOf(new AppPublished("app.claude-flow.chat.room", RawJson.Parse("""{"text":"hello"}"""))),
    ];

    private static AttemptEnd End(string outcome) => new()
    {
        Agent = Agent,
        Attempt = 1,
        Token = 13,
        Outcome = outcome,
        Standing = new(Agent, AgentStatus.Online, 0, 25, 1, 0, 1250),
    };

    private static ProposalOpened Opened(string id, string question, VoteRule rule, params string[] options) => new()
    {
        Proposal = id,
        Swarm = Swarm,
        Question = question,
        Options = [.. options, "abstain"],
        Rule = rule,
        Tie = TieRule.Fail,
        Hidden = false,
        Changeable = true,
        CloseEarly = true,
        Deadline = EncodedText.At.AddSeconds(60),
        OpenedBy = "ann",
        OpenedByAgent = false,
        Electors = 5,
        Weight = 5,
    };

    private static ProposalExtended Extended(string id, string question, VoteRule rule, params string[] options) => new()
    {
        Proposal = id,
        Swarm = Swarm,
        Question = question,
        Options = [.. options, "abstain"],
        Rule = rule,
        Extension = 1,
        MaxExtensions = 3,
        Deadline = EncodedText.At.AddSeconds(120),
        Tied = options,
        Voted = 2,
        VotedWeight = 2,
    };

    private static ProposalClosed Closed(string id, string question, VoteRule rule, string outcome, params (string Option, int Ballots)[] counts) => new()
    {
        Proposal = id,
        Swarm = Swarm,
        Question = question,
        State = ProposalState.Accepted,
        Rule = rule,
        Electors = 5,
        Weight = 5,
        Result = new()
        {
            Outcome = outcome,
            Reason = CloseReason.Decided,
            Counts = [.. counts.Select(c => new OptionCount(c.Option, c.Ballots, c.Ballots))],
            Voted = counts.Sum(c => c.Ballots),
            VotedWeight = counts.Sum(c => c.Ballots),
            QuorumReached = true,
        },
    };
}
