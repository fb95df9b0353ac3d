using System.Text;
using Waggle.Core.Agents;
using Waggle.Core.Insight;
using Waggle.Core.Memory;
using Waggle.Core.Performance;
using Waggle.Core.Schemas;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Topology;
using Waggle.Dialects.ClaudeZen;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Record = Waggle.Protocol.Records.Record;

namespace Waggle.Dialects.Tests.ClaudeZen;

/// <summary>The records that the page shows: a short story with one record of each kind that the dialect renders.</summary>
internal static class Samples
{
    private const string Task = "task-001";
    private const string Title = "Optimize the queries";
    private const string Agent = "agent-coder-003";
    private const string Swarm = "swarm-001";

    public static IReadOnlyList<Record> Records { get; } =
    [
        EncodedText.RecordOf(new SwarmCreated { SwarmId = Swarm, Name = "Builders", CreatedBy = "ann", Swarm = Swarm }),
        EncodedText.RecordOf(new SwarmStateChanged { SwarmId = Swarm, Name = "Builders", OldState = SwarmState.Active, State = SwarmState.Paused, ChangedBy = "ann", Swarm = Swarm }),
        EncodedText.RecordOf(new SwarmStateChanged { SwarmId = Swarm, Name = "Builders", OldState = SwarmState.Paused, State = SwarmState.Stopped, ChangedBy = "ann", Swarm = Swarm }),
        EncodedText.RecordOf(new TopologyChanged
        {
            SwarmId = Swarm, Name = "Builders", From = TopologyKind.Mesh, To = TopologyKind.Hierarchical, Chosen = TopologyKind.Hierarchical, Affected = 8, ChangedBy = "ann", Swarm = Swarm,
        }),
        EncodedText.RecordOf(new SwarmMeasured
        {
            SwarmId = Swarm, Name = "Builders", State = SwarmState.Active, Swarm = Swarm, Topology = TopologyKind.Hierarchical, Tasks = new Dictionary<string, int> { ["running"] = 6 },
            Agents = new Dictionary<string, int> { ["idle"] = 2, ["working"] = 6, ["draining"] = 0, ["offline"] = 1 }, FailedAgents = 1,
            Totals = new() { Completed = 45, AverageMs = 1300 },
            Window = new() { WindowMs = 300_000, Completed = 12, Failed = 1, CompletedPerMinute = 25.5, AverageMs = 1200 },
        }),
        EncodedText.RecordOf(new AgentRegistered
        {
            Agent = Agent, Name = "Coder", Type = "coder", Swarm = Swarm, Capabilities = new Dictionary<string, double> { ["rust"] = 0.8, ["javascript"] = 1 },
        }),
        EncodedText.RecordOf(new AgentStatusChanged { Agent = Agent, Name = "Coder", Swarm = Swarm, OldStatus = AgentStatus.Offline, Status = AgentStatus.Online, Slots = 1, Holding = 0 }),
        EncodedText.RecordOf(new AgentFailed
        {
            Agent = "agent-analyzer-002", Name = "Analyzer", Swarm = Swarm, Reason = FailureReason.LeaseLost, Requeued = 2, Recovery = RecoveryAction.Requeued,
        }),
        EncodedText.RecordOf(new TaskCreated
        {
            Task = Task, Title = Title, Swarm = Swarm, State = TaskState.Pending, Priority = 2, Spec = new TaskSpec { Title = Title }, MatchingAgents = 1,
        }),
        EncodedText.RecordOf(new TaskAssigned
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Pending, State = TaskState.Assigned, Agent = Agent, AgentName = "Coder", Attempt = 1, Token = 7, Priority = 2,
            LeaseMs = 30_000, AssignmentReason = new AssignmentReason(0.9, 0.8, 1, 1), Holding = 1, Estimate = new(300_000, 420_000, 12),
        }),
        EncodedText.RecordOf(new TaskStarted { Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Assigned, State = TaskState.Running, Agent = Agent, AgentName = "Coder", Attempt = 1, Token = 7 }),
        EncodedText.RecordOf(new TaskProgressed
        {
            Task = Task, Title = Title, Swarm = Swarm, State = TaskState.Running, Agent = Agent, AgentName = "Coder", Attempt = 1, Progress = 0.65, Message = "Code optimization in progress",
            RemainingMs = 120_000,
        }),
        EncodedText.RecordOf(new TaskLogged { Task = Task, Title = Title, Swarm = Swarm, State = TaskState.Running, Agent = Agent, Attempt = 1, Lines = ["reading", "writing"] }),
        EncodedText.RecordOf(new TaskCompleted
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Completed, DurationMs = 285_000, Ended = End(AttemptOutcomes.Completed),
            Result = RawJson.Parse("\"40 % faster\""),
        }),
        EncodedText.RecordOf(new TaskRetryScheduled
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.RetryWait, NextRetryAt = EncodedText.At.AddSeconds(2), Ended = End(AttemptOutcomes.Failed),
        }),
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
        EncodedText.RecordOf(new TaskRequeued
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Pending, Reason = AttemptOutcomes.Lost, Ended = End(AttemptOutcomes.Lost, AgentStatus.Offline),
        }),
        EncodedText.RecordOf(new TaskRequeued
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Assigned, State = TaskState.Pending, Reason = AttemptOutcomes.Refused, Ended = End(AttemptOutcomes.Refused),
        }),
        EncodedText.RecordOf(new TaskFailed
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Failed, Error = new("EXECUTION_FAILED", "No more memory."), Ended = End(AttemptOutcomes.Failed),
        }),
        EncodedText.RecordOf(new TaskCancelled
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Cancelling, State = TaskState.Cancelled, CancelledBy = "ann", Ended = End(AttemptOutcomes.Cancelled),
        }),
        EncodedText.RecordOf(new TaskExpired
        {
            Task = Task, Title = Title, Swarm = Swarm, OldState = TaskState.Running, State = TaskState.Expired, Timeout = "schedule_to_close", Ended = End(AttemptOutcomes.Expired),
        }),
        EncodedText.RecordOf(new MemoryStored { Namespace = "active-projects", Key = "project-context", Version = 7, Bytes = 2048, Sha256 = new string('a', 64), StoredBy = "ann" }),
        EncodedText.RecordOf(new MemoryDeleted { Namespace = "active-projects", Key = "project-context", Swarm = Swarm, Version = 7, Bytes = 2048, DeletedBy = "ann" }),
        EncodedText.RecordOf(new MemoryExpired { Namespace = "active-projects", Key = "project-context", Version = 7, Bytes = 2048, ExpiresAt = EncodedText.At }),
        EncodedText.RecordOf(new SchemaUpdated { Version = "0.2.0", OldVersion = "0.1.0", Changes = [new("endpoint_added", "/api/v1/new-feature", "POST")] }),
        EncodedText.RecordOf(new SystemMeasured
        {
            IntervalMs = 5000,
            Status = HealthStatus.Healthy,
            Modules = new Dictionary<string, HealthStatus>(),
            Host = new() { CpuPercent = 42, MemoryUsedPercent = 75 },
            Process = new() { UptimeMs = 3_600_000 },
            Disk = new(),
            Hub = new() { Connections = 128, RequestsPerSecond = 45.2, RequestErrorPercent = 2 },
            Work = new() { CompletedPerSecond = 0.425 },
            Alerts = [],
            Reasons = new Dictionary<string, string>(),
        }),
    ];

    /// <summary>Returns the messages of a record, on every channel that it reaches.</summary>
    public static IEnumerable<string> MessagesOf(Record record) => Channels.Fixed.SelectMany(c => EncodedText.By(c.Form, record))
        .Concat(EncodedText.By(AgentChannelForm.Of([$"agent-{Agent}-status"]), record));

    public static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    private static AttemptEnd End(string outcome, AgentStatus status = AgentStatus.Online, int holding = 0) => new()
    {
        Agent = Agent,
        Attempt = 1,
        Token = 7,
        Outcome = outcome,
        Standing = new("Coder", status, holding, 45, 1, 0, 1200),
    };
}
