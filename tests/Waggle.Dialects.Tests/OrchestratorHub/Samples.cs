using System.Text;
using Waggle.Core.Agents;
using Waggle.Core.Insight;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Record = Waggle.Protocol.Records.Record;

namespace Waggle.Dialects.Tests.OrchestratorHub;

/// <summary>The records that the page shows: a short story with one record of each kind that the dialect renders.</summary>
internal static class Samples
{
    private const string Task = "t3-12";
    private const string Title = "Process customer data";

    private static readonly Dictionary<string, double> Skills = new(StringComparer.Ordinal) { ["data_processing"] = 0.85 };
    private static readonly TaskSpec Spec = new() { Title = Title, Type = "data_processing", Requires = new Dictionary<string, double>(StringComparer.Ordinal) { ["data_processing"] = 0.7 } };

    public static IReadOnlyList<Record> Records { get; } =
    [
        EncodedText.RecordOf(new AgentRegistered { Agent = "ann", Name = "DataProcessor-1", Type = "specialist:data", Swarm = "default", Capabilities = Skills }),
        EncodedText.RecordOf(new AgentStatusChanged { Agent = "ann", Name = "DataProcessor-1", Swarm = "default", OldStatus = AgentStatus.Offline, Status = AgentStatus.Online, Slots = 2, Holding = 0 }),
        EncodedText.RecordOf(new TaskCreated { Task = Task, Title = Title, Swarm = "default", State = TaskState.Pending, Spec = Spec, Priority = 3, CreatedBy = "user", MatchingAgents = 1 }),
        EncodedText.RecordOf(new TaskAssigned
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Pending, State = TaskState.Assigned, Agent = "ann", AgentName = "DataProcessor-1",
            Attempt = 1, Token = 13, LeaseMs = 30_000, AssignmentReason = new(0.9, 0.85, 1, 1), Holding = 1, Estimate = new(1_740_000, 2_400_000, 9),
        }),
        EncodedText.RecordOf(new TaskStarted { Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Assigned, State = TaskState.Running, Agent = "ann", AgentName = "DataProcessor-1", Attempt = 1, Token = 13 }),
        EncodedText.RecordOf(new TaskProgressed { Task = Task, Title = Title, Swarm = "default", State = TaskState.Running, Agent = "ann", AgentName = "DataProcessor-1", Attempt = 1, Progress = 0.75, Message = "batch 3/4", RemainingMs = 300_000 }),
        EncodedText.RecordOf(new TaskRetryScheduled
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.RetryWait, NextRetryAt = EncodedText.At.AddSeconds(2),
            Ended = End(AttemptOutcomes.Failed, new("DATA_PROCESSING_ERROR", "Failed to process data: invalid format"), failed: 1),
        }),
        EncodedText.RecordOf(new TaskCompleted
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Completed, Result = RawJson.Parse("""{"records_processed":10000}"""), DurationMs = 1250,
            Ended = End(AttemptOutcomes.Completed, null, completed: 25),
        }),
        EncodedText.RecordOf(new TaskVerifying
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Verifying, DurationMs = 1250, Deadline = EncodedText.At, Schema = false,
            Ended = End(AttemptOutcomes.Claimed, null),
        }),
        EncodedText.RecordOf(new TaskInputRequired
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.InputRequired, Question = "q1", Agent = "ann", QuestionText = "Which branch?",
            Ended = End(AttemptOutcomes.Asked, null),
        }),
        EncodedText.RecordOf(new TaskAnswered
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.InputRequired, State = TaskState.Pending, Agent = "ann",
            Answer = new() { Question = "q1", Attempt = 1, State = QuestionState.Answered, Answer = RawJson.Parse("\"main\""), AnsweredBy = "bob" },
        }),
        EncodedText.RecordOf(new TaskInputRequired
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.InputRequired, Question = "q2", Agent = "ann", QuestionText = "Which branch?",
            Ended = End(AttemptOutcomes.Lost, new("LEASE_LOST", "Agent 'ann' did not renew its lease."), lost: 1),
        }),
        EncodedText.RecordOf(new TaskRequeued
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Pending, Reason = AttemptOutcomes.Lost,
            Ended = End(AttemptOutcomes.Lost, new("LEASE_LOST", "Agent 'ann' did not renew its lease."), lost: 1, status: AgentStatus.Offline),
        }),
        EncodedText.RecordOf(new TaskFailed
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Failed, Error = new("EXECUTION_FAILED", "No more memory."),
            Ended = End(AttemptOutcomes.Failed, new("EXECUTION_FAILED", "No more memory."), failed: 2),
        }),
        EncodedText.RecordOf(new TaskExpired { Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Pending, State = TaskState.Expired, Timeout = "schedule_to_start" }),
        EncodedText.RecordOf(new TaskCancelled { Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Pending, State = TaskState.Cancelled, Reason = "no need", CancelledBy = "user" }),
        EncodedText.RecordOf(new AgentDraining { Agent = "ann", Name = "DataProcessor-1", Swarm = "default", RequestedBy = "user" }),
        EncodedText.RecordOf(new AgentRemoved { Agent = "ann", Name = "DataProcessor-1", Swarm = "default", RemovedBy = "user", Requeued = 2 }),
        EncodedText.RecordOf(new SwarmCreated { SwarmId = "night", Name = "Night shift", CreatedBy = "user", Swarm = "night" }),
        EncodedText.RecordOf(new SwarmStateChanged { SwarmId = "night", Name = "Night shift", OldState = SwarmState.Active, State = SwarmState.Paused, ChangedBy = "user", Swarm = "night" }),
        EncodedText.RecordOf(new TasksUnschedulable { Swarm = "default", Waiting = 1, Reason = new("missing_capability", "No agent of the swarm has 'flying'.", "flying") }),
        EncodedText.RecordOf(new AlertFired
        {
            Alert = "al3-40", Rule = "host_cpu", Resource = "cpu", Level = AlertLevel.Warning, Title = "High CPU usage", Message = "host.cpu_percent is 95.24 percent, above 90 for 60 s.",
            Metric = "host.cpu_percent", Unit = Gauge.Percent, Value = 95.24, Threshold = 90, ResolveAt = 80, Trend = AlertTrend.Rising, Since = EncodedText.At,
        }),
        EncodedText.RecordOf(new AlertAcknowledged
        {
            Alert = "al3-41", Rule = "commit_slow", Resource = "commit", Module = "store", Level = AlertLevel.Warning, Title = "The store is slow", Message = "hub.commit_ms is 120 ms, above 100 for 30 s.",
            Metric = "hub.commit_ms", Unit = Gauge.Milliseconds, Value = 120, Threshold = 100, ResolveAt = 50, Since = EncodedText.At, AcknowledgedBy = "user",
        }),
        EncodedText.RecordOf(new AlertResolved
        {
            Alert = "al3-41", Rule = "commit_slow", Resource = "commit", Module = "store", Level = AlertLevel.Warning, Title = "The store is slow", Message = "hub.commit_ms is 120 ms, above 100 for 30 s.",
            Metric = "hub.commit_ms", Unit = Gauge.Milliseconds, Value = 120, Threshold = 100, ResolveAt = 50, Since = EncodedText.At, FiredAt = EncodedText.At, Reason = "hub.commit_ms is 2 ms, back at 50 or below for 30 s.",
        }),
        EncodedText.RecordOf(new ModuleStatusChanged { Module = "store", OldStatus = HealthStatus.Healthy, NewStatus = HealthStatus.Degraded, Reason = "The store is slow", Affected = ["commands", "queries"] }),
        EncodedText.RecordOf(new SystemMeasured
        {
            IntervalMs = 5000, Status = HealthStatus.Degraded, Modules = new Dictionary<string, HealthStatus>(StringComparer.Ordinal), Host = new HostReading(), Process = new ProcessReading(), Disk = new DiskReading(),
            Hub = new HubReading { LoopMs = 0.4, CommitMs = 1.25, InboxDepth = 3, DeliveryBacklog = 1, OutboxMessages = 12 }, Work = new WorkReading(), Alerts = [], Reasons = new Dictionary<string, string>(StringComparer.Ordinal),
        }),
        new(new Position(3, 7), "connection.c-1.slow", "slow_consumer", RecordClass.Stream, EncodedText.At, null, Encoding.UTF8.GetBytes("""{"connection":"c-1","dropped":120,"closed":false}""")),
        new(new Position(3, 7), "system.overview.5s", "overview", RecordClass.Latest, EncodedText.At, null, default, Overview),
    ];

    public static HiveOverview Overview => new()
    {
        Hive = "main",
        At = EncodedText.At,
        Swarms = [new SwarmView { Id = "default", Name = "Default", CreatedAt = EncodedText.At, Agents = 1, Tasks = new Dictionary<string, int>(StringComparer.Ordinal) }],
        Agents =
        [
            new AgentView
            {
                Id = "ann", Name = "DataProcessor-1", Type = "specialist:data", Swarm = "default", Status = AgentStatus.Online, Capabilities = Skills, Slots = 2, Holding = [Task],
                RegisteredAt = EncodedText.At, LastSeenAt = EncodedText.At, Completed = 25, Failed = 2, Lost = 1, AverageMs = 1250,
            },
        ],
        AgentCount = 1,
        AgentsHere = 1,
        AgentsAtWork = 1,
        OpenTasks = new Dictionary<TaskState, int> { [TaskState.Running] = 1, [TaskState.Pending] = 8 },
        Completed = 25,
        Failed = 2,
        Lost = 1,
        Ended = new() { Completed = 25, Failed = 2, Cancelled = 4, Expired = 1 },
        CompletedToday = 142,
        System = new SystemView
        {
            At = EncodedText.At,
            IntervalMs = 5000,
            Host = new HostReading { CpuPercent = 65, CpuCores = 4 },
            Process = new ProcessReading(),
            Disk = new DiskReading(),
            Hub = new HubReading(),
            Work = new WorkReading(),
            Reasons = new Dictionary<string, string>(StringComparer.Ordinal),
            Status = HealthStatus.Degraded,
            Alerts =
            [
                new AlertView
                {
                    Id = "al3-40", Rule = "host_cpu", Resource = "cpu", Level = AlertLevel.Warning, State = AlertState.Firing, Title = "High CPU usage", Message = "host.cpu_percent is 95.24 percent, above 90 for 60 s.",
                    Metric = "host.cpu_percent", Unit = Gauge.Percent, Threshold = 90, ResolveAt = 80, Since = EncodedText.At, FiredAt = EncodedText.At,
                },
            ],
        },
        Tasks =
        [
            new TaskView
            {
                Id = Task, Spec = Spec, Swarm = "default", State = TaskState.Running, Priority = 3, CreatedAt = EncodedText.At, UpdatedAt = EncodedText.At, Attempt = 1,
                Lease = new LeaseInfo { Agent = "ann", Attempt = 1, Token = 13, AssignedAt = EncodedText.At },
            },
        ],
    };

    private static AttemptEnd End(string outcome, TaskError? error, long completed = 0, long failed = 0, long lost = 0, AgentStatus status = AgentStatus.Online) => new()
    {
        Agent = "ann",
        Attempt = 1,
        Token = 13,
        Outcome = outcome,
        Error = error,
        LastProgress = 0.75,
        LogTail = error is null ? null : ["line 150: not a number"],
        Standing = new("DataProcessor-1", status, 0, completed, failed, lost, completed > 0 ? 1250 : null),
    };
}
