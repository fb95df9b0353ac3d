using Waggle.Core.Agents;
using Waggle.Core.Budgets;
using Waggle.Core.Chat;
using Waggle.Core.Consensus;
using Waggle.Core.Durations;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Core.Runners;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

/// <summary>The typed content of the files in Samples: every field of every stored kind has a value here.</summary>
internal static partial class SampleValues
{
    private const string Task = "t1-7";
    private const string Title = "Write the tests";

    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly Dictionary<string, double> Requires = new(StringComparer.Ordinal) { ["code"] = 0.5, ["review"] = 0.25 };
    private static readonly Usage Usage = new() { InputTokens = 1200, OutputTokens = 340, CostUsd = 0.0125m };
    private static readonly DurationEstimate Estimate = new(1800, 4200, 12);

    private static readonly AssignmentReason Reason = new(0.82, 0.7, 1, 2, Avoided: true);
    private static readonly TaskError Error = new("BOOM", "It broke: \"é漢😀\".");

    private static readonly ResultRef Ref = new("t1-7~9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 40_000, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "text/plain");

    private static readonly string[] People = ["ann", "bob"];

    private static readonly TaskSpec Spec = new()
    {
        Title = Title,
        Type = "tests",
        Input = RawJson.Parse("""{"files":["a.cs"],"deep":{"n":null}}"""),
        Swarm = "default",
        Requires = Requires,
        Priority = 2,
        DependsOn = ["t1-3", "t1-4"],
        Join = JoinRule.AllEnded,
        AssignTo = "a1",
        Parent = "t1-2",
        IdempotencyKey = "order-17",
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "blue" },
        LeaseMs = 30_000,
        MaxAttempts = 3,
        PoisonLosses = 2,
        BackoffBaseMs = 2_000,
        BackoffCapMs = 300_000,
        ScheduleToStartMs = 60_000,
        StartToCloseMs = 600_000,
        ScheduleToCloseMs = 3_600_000,
        CancelGraceMs = 30_000,
        Concurrency = new("repo-7", 3),
        Fairness = new("user:42", 2.5),
        Rate = new("api", 100, 60_000),
        Singleton = new("nightly", SingletonConflict.ReturnExisting),
        Debounce = new("save", 5_000),
        Exclude = ["a3"],
        Verify = new() { Schema = RawJson.Parse("""{"type":"object"}"""), Review = new() { Type = "check", Requires = new Dictionary<string, double> { ["code"] = 0.5 }, Count = 3 }, DeadlineMs = 60_000 },
    };

    private static readonly AttemptEnd End = new()
    {
        Agent = "a1",
        Attempt = 2,
        Token = 41,
        Outcome = AttemptOutcomes.Failed,
        LastProgress = 0.75,
        LogTail = ["one", "two"],
        Usage = Usage,
        Error = Error,
        Standing = new("Ada", AgentStatus.Online, Holding: 1, Completed: 5, Failed: 2, Lost: 1, AverageMs: 800, Type: "tester"),
    };

    private static readonly AttemptEnd EndBefore = End with { Standing = null };

    private static readonly AttemptEnd EndOfTwo = End with { Standing = End.Standing with { Type = null } };

    public static RecordData[] Records { get; } =
    [
        new TaskCreated
        {
            Task = Task, Title = Title, State = TaskState.Blocked, Swarm = "default", Spec = Spec, Priority = 2, CreatedBy = "user", RetryOf = "t1-1", Verifies = "t1-0", MatchingAgents = 3,
            InputRefs = Refs,
        },
        new TaskUnblocked { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Blocked, State = TaskState.Pending, Swarm = "default" },
        new TaskAssigned
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Pending, State = TaskState.Assigned, Swarm = "default",
            Agent = "a1", AgentName = "Ada", AgentType = "tester", Attempt = 2, Token = 41, LeaseMs = 30_000, AssignmentReason = Reason, Holding = 2, Estimate = Estimate,
        },
        new TaskStarted { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Assigned, State = TaskState.Running, Swarm = "default", Agent = "a1", AgentName = "Ada", AgentType = "tester", Attempt = 2, Token = 41 },
        new TaskProgressed { Task = Task, Title = Title, Priority = 2, State = TaskState.Running, Swarm = "default", Agent = "a1", AgentName = "Ada", AgentType = "tester", Attempt = 2, Progress = 0.75, Message = "nearly", RemainingMs = 450 },
        new TaskLogged { Task = Task, Title = Title, Priority = 2, State = TaskState.Running, Swarm = "default", Agent = "a1", Attempt = 2, Lines = ["one", "two"], Level = AgentLogLevel.Warn, Seq = 11 },
        new TaskRequeued { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Pending, Swarm = "default", Reason = "lost", Ended = End },
        new TaskRetryScheduled { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.RetryWait, Swarm = "default", Ended = End, NextRetryAt = At },
        new TaskPriorityChanged
        {
            Task = Task, Title = Title, OldState = TaskState.Pending, State = TaskState.Pending, Swarm = "default", OldPriority = 3, Priority = 1, ChangedBy = "user",
        },
        new TaskAssigneeChanged
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Pending, State = TaskState.Pending, Swarm = "default",
            OldAssignee = "a1", Assignee = "a2", AssigneeName = "Bob", AssigneeType = "coder", ChangedBy = "user",
        },
        new TaskCancelRequested
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Cancelling, Swarm = "default", Reason = "no need", RequestedBy = "user", Deadline = At,
        },
        new TaskCompleted
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Completed, Swarm = "default",
            Ended = End, Result = RawJson.Parse("""{"answer":42}"""), ResultRef = Ref, CancelRequested = true, DurationMs = 1234,
        },
        new TaskFailed { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Failed, Swarm = "default", Ended = End, Error = Error },
        new TaskCancelled
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Cancelling, State = TaskState.Cancelled, Swarm = "default", Reason = "no need", CancelledBy = "user", Error = Error, Ended = End,
        },
        new TaskExpired { Task = Task, Title = Title, Priority = 2, OldState = TaskState.Pending, State = TaskState.Expired, Swarm = "default", Timeout = "schedule_to_start", Ended = End },
        new TaskOrphanResult
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Completed, State = TaskState.Completed, Swarm = "default",
            Agent = "a1", Attempt = 1, Token = 40, Result = RawJson.Parse("\"late\""), ResultRef = Ref,
        },
        new TasksUnschedulable { Swarm = "default", Requires = Requires, AssignTo = "a1", Waiting = 3, Reason = new("too_weak", "Nobody has it.", "code", "a2", 0.2) },
        new AgentRegistered { Agent = "a1", Name = "Ada", Swarm = "default", Capabilities = Requires, Types = ["code", "docs"], Type = "tester", Draining = true, Changed = true },
        new AgentDraining { Agent = "a1", Name = "Ada", Type = "tester", Swarm = "default", RequestedBy = "user" },
        new AgentRemoved { Agent = "a1", Name = "Ada", Type = "tester", Swarm = "default", Reason = "enough", RemovedBy = "user", Requeued = 2 },
        new AgentStatusChanged { Agent = "a1", Name = "Ada", Type = "tester", Swarm = "default", OldStatus = AgentStatus.Online, Status = AgentStatus.Offline, Slots = 4, Holding = 2, Reason = "not heard of for 30 s" },
        new SwarmCreated { SwarmId = "s2", Name = "Second", CreatedBy = "user", Swarm = "s2", Topology = Arrangement },
        new SwarmStateChanged { SwarmId = "s2", Name = "Second", OldState = SwarmState.Active, State = SwarmState.Stopped, ChangedBy = "user", Swarm = "s2" },
        new SwarmQuotaSet { SwarmId = "s2", Name = "Second", Quota = new() { OpenTasks = 10, Agents = 3, Bytes = 4096 }, ChangedBy = "user", Swarm = "s2" },
        new UserPresenceChanged { User = "ann", OldStatus = PresenceStatus.Online, Status = PresenceStatus.Away },
        new ConversationOpened { Conversation = "conv-1", Title = "Release", Participants = People, OpenedBy = "ann", Swarm = "default" },
        new MessagePosted
        {
            Conversation = "conv-1", Title = "Release", Participants = People, Message = "m1-9", Sender = "a1", SenderName = "Ada", Content = Error.Message, Swarm = "default",
        },
        new NotificationSent { Id = "n1-12", Level = NotificationLevel.Warning, Message = "The disk is nearly full.", To = "ann", SentBy = "user", Swarm = "default" },
        new NotificationsSeen { User = "ann", Through = 12 },
        .. OfInsight,
        .. OfMemory,
        .. OfConsensus,
        .. OfVerifying,
        .. OfQuestions,
        .. OfWorkflows,
        .. OfRunners,
        .. OfTopology,
        .. OfMessaging,
        .. OfSchedules,
        .. OfTokens,
        .. OfBudgets,
        .. OfBulks,
        .. OfPurges,
    ];

    private static readonly LeaseInfo Lease = new() { Agent = "a1", Attempt = 2, Token = 41, AssignedAt = At, StartedAt = At, Reason = Reason, Estimate = Estimate };

    public static TaskEntity TaskEntity { get; } = new()
    {
        Id = Task,
        Seq = 7,
        Spec = Spec,
        Swarm = "default",
        State = TaskState.Completed,
        Priority = 2,
        CreatedAt = At,
        CreatedBy = "user",
        UpdatedAt = At,
        QueuedAt = At,
        FirstQueuedAt = At,
        EndedAt = At,
        Attempt = 2,
        Failures = 1,
        Losses = 1,
        Refusals = 1,
        NextRetryAt = At,
        Lease = Lease,
        Lapsed = Lease,
        Result = RawJson.Parse("""{"answer":42}"""),
        ResultRef = Ref,
        Error = Error,
        DeadLetter = true,
        CancelRequested = true,
        CancelReason = "no need",
        CancelledBy = "user",
        CancelDeadline = At,
        Usage = Usage,
        AttemptUsage = [FullUsage, Usage],
        TotalUsage = Totals,
        Stop = new("Budget 'nightly' is spent.", "hub", At),
        ClaimedOutcome = "completed",
        VerifiedOutcome = "completed",
        Verification = "passed",
        RetryOf = "t1-1",
        MatchingAgents = 7,
        Avoid = ["a2"],
        InputRefs = Refs,
        Assignee = "a1",
        Question = new("q1", "Which branch?", "a1", 2, 41),
        Answers = [Answer],
        Checkpoint = RawJson.Parse("""{"step":3}"""),
        Prefer = "a1",
        Claim = Claim,
        Verifies = "t1-0",
    };

    private static TaskEntity Unasked(TaskEntity t) => Unverified(t) with { Question = null, Answers = null, Checkpoint = default, Prefer = null, InputRefs = null };

    private static TaskEntity Unused(TaskEntity t) => t with { AttemptUsage = null, TotalUsage = null, Stop = null };

    private static TaskEntity Unverified(TaskEntity t) => Unused(t) with { Spec = Unverified(t.Spec), Claim = null, Verifies = null };

    private static TaskSpec Unverified(TaskSpec s) => Unlimited(s) with { Exclude = null, Verify = null };

    private static TaskSpec Unlimited(TaskSpec s) => s with { Concurrency = null, Fairness = null, Rate = null, Singleton = null, Debounce = null };

    internal static RateWindow RateWindow { get; } = new()
    {
        Id = "default/60000/api",
        Seq = 41,
        Swarm = "default",
        Key = "api",
        StartedAt = At,
        EndsAt = At.AddMinutes(1),
        Used = 7,
    };

    /// <summary>Returns the value as an earlier version stored it, without the fields that it did not have.</summary>
    public static object AsWritten(object value, int version) => (version, value) switch
    {
        (1, BudgetChanged r) => r with { Spec = LimitBefore },
        (1, BudgetStateChanged r) => r with { Spec = LimitBefore },
        (1, BudgetEntity b) => b with { Spec = LimitBefore },
        (1, WorkflowCreated r) => r with { Budget = null },
        (1, RunEntity r) => r with { Damage = null, Budget = null, Usage = null },
        (1, TaskCreated r) => r with { InputRefs = null, Spec = Unverified(r.Spec), Verifies = null },
        (2, TaskCreated r) => r with { Spec = Unverified(r.Spec), Verifies = null },
        (3, TaskCreated r) => r with { Spec = Unlimited(r.Spec) },
        (1, TaskUnblocked r) => r with { Priority = null },
        (1, TaskAssigned r) => r with { Holding = null, Priority = null, AgentType = null, Estimate = null },
        (2, TaskAssigned r) => r with { Priority = null, AgentType = null, Estimate = null },
        (3, TaskAssigned r) => r with { Estimate = null },
        (1, TaskStarted r) => r with { AgentName = null, Priority = null, AgentType = null },
        (2, TaskStarted r) => r with { Priority = null, AgentType = null },
        (1, TaskProgressed r) => r with { AgentName = null, Priority = null, AgentType = null, RemainingMs = null },
        (2, TaskProgressed r) => r with { Priority = null, AgentType = null, RemainingMs = null },
        (3, TaskProgressed r) => r with { RemainingMs = null },
        (1, TaskLogged r) => r with { Priority = null, Level = null, Seq = null },
        (2, TaskLogged r) => r with { Level = null, Seq = null },
        (1, TaskCancelRequested r) => r with { Priority = null },
        (1, TaskRequeued r) => r with { Ended = EndBefore, Priority = null },
        (2, TaskRequeued r) => r with { Ended = EndOfTwo, Priority = null },
        (1, TaskRetryScheduled r) => r with { Ended = EndBefore, Priority = null },
        (2, TaskRetryScheduled r) => r with { Ended = EndOfTwo, Priority = null },
        (1, TaskCompleted r) => r with { Ended = EndBefore, ResultRef = null, Priority = null },
        (2, TaskCompleted r) => r with { Ended = EndBefore, Priority = null },
        (3, TaskCompleted r) => r with { Ended = EndOfTwo, Priority = null },
        (1, TaskFailed r) => r with { Ended = EndBefore, Priority = null },
        (2, TaskFailed r) => r with { Ended = EndOfTwo, Priority = null },
        (1, TaskCancelled r) => r with { Ended = EndBefore, Priority = null },
        (2, TaskCancelled r) => r with { Ended = EndOfTwo, Priority = null },
        (1, TaskExpired r) => r with { Ended = EndBefore, Priority = null },
        (2, TaskExpired r) => r with { Ended = EndOfTwo, Priority = null },
        (1, TaskOrphanResult r) => r with { ResultRef = null, Priority = null },
        (2, TaskOrphanResult r) => r with { Priority = null },
        (1, AgentRegistered r) => r with { Type = null, Types = null, Changed = false },
        (2, AgentRegistered r) => r with { Types = null },
        (1, AgentDraining r) => r with { Type = null },
        (1, AgentRemoved r) => r with { Requeued = null, Type = null },
        (2, AgentRemoved r) => r with { Type = null },
        (1, AgentStatusChanged r) => r with { OldStatus = null, Type = null },
        (2, AgentStatusChanged r) => r with { Type = null },
        (1, WorkflowEntity w) => w with { Versions = null },
        (1, SpawnRequested r) => r with { RunnerUser = null },
        (1, SpawnEntity s) => s with { RunnerUser = null },
        (1, AgentEntity a) => a with { Type = null, Types = null, Timed = 0, WorkedMs = 0, Failure = null },
        (2, AgentEntity a) => a with { Types = null, Failure = null },
        (3, AgentEntity a) => a with { Failure = null },
        (1, TaskEntity t) => Unestimated(Unasked(t)) with { ResultRef = null, MatchingAgents = null, FirstQueuedAt = null, Assignee = null },
        (2, TaskEntity t) => Unestimated(Unasked(t)) with { MatchingAgents = null, FirstQueuedAt = null, Assignee = null },
        (3, TaskEntity t) => Unestimated(Unasked(t)) with { FirstQueuedAt = null, Assignee = null },
        (4, TaskEntity t) => Unestimated(Unasked(t)) with { Assignee = null },
        (5, TaskEntity t) => Unestimated(Unasked(t)),
        (6, TaskEntity t) => Unasked(t),
        (7, TaskEntity t) => Unverified(t) with { InputRefs = null },
        (8, TaskEntity t) => Unverified(t),
        (9, TaskEntity t) => Unused(t) with { Spec = Unlimited(t.Spec) },
        (10, TaskEntity t) => Unused(t),
        (1, Core.Schedules.ScheduleChanged r) => r with { Spec = r.Spec with { Task = Unverified(r.Spec.Task) } },
        (1, Core.Schedules.ScheduleEntity s) => s with { Spec = s.Spec with { Task = Unverified(s.Spec.Task) } },
        (1, AttemptView a) => a with { ModelUsage = null, Estimate = null, ClaimedOutcome = null, Verification = null },
        (3, AttemptView a) => a with { ModelUsage = null },
        (2, AttemptView a) => a with { ModelUsage = null, ClaimedOutcome = null, Verification = null },
        (1, Core.Messaging.MessageAcknowledged r) => r with { Failed = null },
        (1, ProposalEntity p) => p with { Extensions = 0, ExtendedFrom = null },
        (1, VoteRecorded r) => r with { Rule = null, Confidence = null },
        (1, Core.Insight.SystemMeasured r) => r with { Hub = r.Hub with { RequestsPerSecond = null, RequestErrorPercent = null, RequestMs = null } },
        (1, Core.Performance.SwarmMeasured r) => r with { Topology = null, FailedAgents = 0, Window = Unslotted(r.Window) },
        (2, Core.Performance.SwarmMeasured r) => r with { FailedAgents = 0, Window = Unslotted(r.Window) },
        (3, Core.Performance.SwarmMeasured r) => r with { FailedAgents = 0 },
        (1, Core.Insight.TaskDay d) => d with { Totals = null },
        (1, Core.Workflows.DefinitionEntity d) => d with { AssignTo = null },
        (1, SwarmCreated r) => r with { Topology = null },
        (2, SwarmEntity s) => s with { Quota = null },
        (1, SwarmEntity s) => new SwarmEntity { Id = s.Id, Seq = s.Seq, Name = s.Name, CreatedAt = s.CreatedAt },
        _ => value,
    };

    private static SwarmWindow Unslotted(SwarmWindow window) =>
        window with { BusySlotMs = 0, AvailableSlotMs = 0, Utilization = null, Assigned = 0, QueueWait = null };

    private static TaskEntity Unestimated(TaskEntity task) =>
        task with { InputRefs = null, Lease = task.Lease! with { Estimate = null }, Lapsed = task.Lapsed! with { Estimate = null } };

    public static AttemptView Attempt { get; } = new()
    {
        Task = Task,
        Attempt = 2,
        Agent = "a1",
        Token = 41,
        Outcome = AttemptOutcomes.Failed,
        AssignedAt = At,
        StartedAt = At,
        EndedAt = At,
        Reason = Reason,
        Estimate = Estimate,
        Error = Error,
        Usage = Usage,
        ModelUsage = [FullUsage, Usage],
        LastProgress = 0.75,
        LogTail = ["one", "two"],
        ClaimedOutcome = "completed",
        Verification = "failed",
    };

    public static AgentDurations Durations { get; } = new() { Agent = "a1", Type = "tests", Seq = 7, Last = 41, Ms = [1200, 1800, 2400, 1500, 4200] };

    public static AgentEntity Agent { get; } = new()
    {
        Id = "a1",
        Seq = 5,
        Name = "Ada",
        Type = "tester",
        Swarm = "default",
        Capabilities = Requires,
        Types = ["code", "docs"],
        RegisteredAt = At,
        Draining = true,
        DrainedBy = "user",
        RemovedAt = At,
        Completed = 5,
        Failed = 2,
        Lost = 1,
        Timed = 4,
        WorkedMs = 3200,
        Failure = Failure,
    };

    public static ConversationEntity Conversation { get; } = new()
    {
        Id = "conv-1",
        Seq = 8,
        Title = "Release",
        Swarm = "default",
        Participants = People,
        CreatedAt = At,
        CreatedBy = "ann",
        Messages = 1,
        LastMessageAt = At,
    };

    public static ChatMessageEntity Message { get; } = new() { Id = "m1-9", Seq = 9, Conversation = "conv-1", Sender = "a1", SenderName = "Ada", Content = "It works.", At = At };

    public static NotificationEntity Notification { get; } = new()
    {
        Id = "n1-12",
        Seq = 12,
        Level = NotificationLevel.Warning,
        Message = "The disk is nearly full.",
        To = "ann",
        Swarm = "default",
        SentBy = "user",
        At = At,
    };

    public static SeenEntity Seen { get; } = new() { User = "ann", Seq = 13, Through = 12, At = At };

    public static AgentSecret Secret { get; } = new("a1", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");

    public static SwarmEntity Swarm { get; } = new() { Id = "s2", Seq = 3, Name = "Second", CreatedAt = At, State = SwarmState.Stopped, StateSince = At, StateBy = "user", CancelBelow = 9, Quota = new() { OpenTasks = 10, Agents = 3, Bytes = 4096 } };
}
