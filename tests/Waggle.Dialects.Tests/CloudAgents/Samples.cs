using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol.Model;
using Record = Waggle.Protocol.Records.Record;

namespace Waggle.Dialects.Tests.CloudAgents;

/// <summary>The records that the page shows: a short story with one record of each kind that the dialect renders.</summary>
internal static class Samples
{
    private const string Task = "t3-12";
    private const string Title = "Processing webhook event";
    private const string Name = "CLOUD_ASSISTANT";

    public static IReadOnlyList<Record> Records { get; } =
    [
        EncodedText.RecordOf(new AgentStatusChanged { Agent = "ann", Name = Name, Swarm = "default", OldStatus = AgentStatus.Offline, Status = AgentStatus.Online, Slots = 1, Holding = 0 }),
        EncodedText.RecordOf(new TaskAssigned { Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Pending, State = TaskState.Assigned, Agent = "ann", AgentName = Name, Attempt = 1, Token = 13, LeaseMs = 30_000, AssignmentReason = new(1, null, 1, 1) }),
        EncodedText.RecordOf(new TaskStarted { Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Assigned, State = TaskState.Running, Agent = "ann", AgentName = Name, Attempt = 1, Token = 13 }),
        EncodedText.RecordOf(new TaskProgressed { Task = Task, Title = Title, Swarm = "default", State = TaskState.Running, Agent = "ann", AgentName = Name, Attempt = 1, Progress = 0.45 }),
        EncodedText.RecordOf(new TaskCompleted
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Completed, DurationMs = 1250, Ended = End(AttemptOutcomes.Completed, AgentStatus.Online),
        }),
        EncodedText.RecordOf(new TaskRetryScheduled
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.RetryWait, NextRetryAt = EncodedText.At.AddSeconds(2), Ended = End(AttemptOutcomes.Failed, AgentStatus.Online, holding: 1),
        }),
        EncodedText.RecordOf(new TaskVerifying
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Verifying, DurationMs = 1250, Deadline = EncodedText.At, Schema = false,
            Ended = End(AttemptOutcomes.Claimed, AgentStatus.Online),
        }),
        EncodedText.RecordOf(new TaskInputRequired
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.InputRequired, Question = "q1", Agent = "ann", QuestionText = "Which branch?",
            Ended = End(AttemptOutcomes.Asked, AgentStatus.Online),
        }),
        EncodedText.RecordOf(new TaskRequeued
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Pending, Reason = AttemptOutcomes.Lost, Ended = End(AttemptOutcomes.Lost, AgentStatus.Offline),
        }),
        EncodedText.RecordOf(new TaskFailed
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Failed, Error = new("EXECUTION_FAILED", "No more memory."), Ended = End(AttemptOutcomes.Failed, AgentStatus.Online),
        }),
        EncodedText.RecordOf(new TaskExpired { Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Pending, State = TaskState.Expired, Timeout = "schedule_to_start" }),
        EncodedText.RecordOf(new TaskExpired
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Running, State = TaskState.Expired, Timeout = "schedule_to_close", Ended = End(AttemptOutcomes.Expired, AgentStatus.Online),
        }),
        EncodedText.RecordOf(new TaskCancelled
        {
            Task = Task, Title = Title, Swarm = "default", OldState = TaskState.Cancelling, State = TaskState.Cancelled, CancelledBy = "user", Ended = End(AttemptOutcomes.Cancelled, AgentStatus.Draining),
        }),
        EncodedText.RecordOf(new AgentRemoved { Agent = "ann", Name = Name, Swarm = "default", RemovedBy = "user", Requeued = 0 }),
        EncodedText.RecordOf(new MessagePosted { Conversation = "conv-123", Message = "m3-17", Sender = "lead", SenderName = "ENGINEERING_LEAD_SUPERVISOR", Content = "Task completed successfully!" }),
        EncodedText.RecordOf(new NotificationSent { Id = "n3-18", Level = NotificationLevel.Success, Message = "All tests passed!", SentBy = "user" }),
        EncodedText.RecordOf(new UserPresenceChanged { User = "user_abc123de", OldStatus = PresenceStatus.Online, Status = PresenceStatus.Away }),
    ];

    private static AttemptEnd End(string outcome, AgentStatus status, int holding = 0) => new()
    {
        Agent = "ann",
        Attempt = 1,
        Token = 13,
        Outcome = outcome,
        Standing = new(Name, status, holding, 25, 1, 0, 1250),
    };
}
