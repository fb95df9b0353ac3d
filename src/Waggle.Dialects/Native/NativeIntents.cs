using Waggle.Core;
using Waggle.Core.AgentReports;
using Waggle.Core.Agents;
using Waggle.Core.Apps;
using Waggle.Core.Budgets;
using Waggle.Core.Bulk;
using Waggle.Core.Chat;
using Waggle.Core.Consensus;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Messaging;
using Waggle.Core.Notifications;
using Waggle.Core.Purges;
using Waggle.Core.Questions;
using Waggle.Core.Runners;
using Waggle.Core.Schedules;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tokens;
using Waggle.Core.Topology;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Native;

/// <summary>Maps the messages of waggle.v1 to commands.</summary>
internal static class NativeIntents
{
    private const int StandardLimit = 100;

    /// <summary>Returns the intent of a message other than hello; null if the message has no effect.</summary>
    public static Intent? Of(ClientMessage message, Principal by) => message switch
    {
        AuthRefresh m => new RefreshIntent(m.Id, m.Token),
        Echo m => NativeFrames.Echo(m),
        Subscribe m => new SubscribeIntent(m.Id, m.Topics, m.Since) { Filter = m.Filter, MaxRate = m.MaxRate, Batch = m.Batch },
        Unsubscribe m => new UnsubscribeIntent(m.Id, m.Subscription),
        Publish m => new CommandIntent(m.Id, new PublishToApp(m.Topic, m.Data) { By = by }),
        SwarmCreate m => new CommandIntent(m.Id, new CreateSwarm(m.Name, m.Swarm, m.Topology) { By = by }),
        SwarmList => new CommandIntent(message.Id, new ListSwarms { By = by }),
        SwarmShow m => new CommandIntent(m.Id, new ShowSwarm(m.Swarm) { By = by }),
        SwarmPause m => new CommandIntent(m.Id, new SetSwarmState(m.Swarm, SwarmState.Paused) { By = by }),
        SwarmResume m => new CommandIntent(m.Id, new SetSwarmState(m.Swarm, SwarmState.Active) { By = by }),
        SwarmStop m => new CommandIntent(m.Id, new SetSwarmState(m.Swarm, SwarmState.Stopped) { By = by }),
        SwarmSetQuota m => new CommandIntent(m.Id, new SetSwarmQuota(m.Swarm, m.Quota) { By = by }),
        SwarmSetTopology m => new CommandIntent(m.Id, new SetTopology(m.Swarm, m.Topology, m.Reason) { By = by }),
        SwarmTopology m => new CommandIntent(m.Id, new ShowTopology(m.Swarm, m.Cursor, m.Limit ?? StandardLimit) { By = by }),
        AgentList m => new CommandIntent(m.Id, new ListAgents(m.Swarm) { By = by }),
        AgentShow m => new CommandIntent(m.Id, new ShowAgent(m.Agent) { By = by }),
        AgentRemove m => new CommandIntent(m.Id, new RemoveAgent(m.Agent, m.Reason) { By = by }),
        AgentDrain m => ForAgent(m.Id, m.Agent ?? by.Agent, agent => new DrainAgent(agent) { By = by }),
        AgentResume m => new CommandIntent(m.Id, new ResumeAgent(m.Agent) { By = by }),
        AgentCredit m => ForAgent(m.Id, by.Agent, agent => new SetCredit(agent, m.Slots) { By = by }),
        AgentSpawn m => new CommandIntent(m.Id, new SpawnAgents(m.Role, m.AgentType, m.Count ?? 1, m.Swarm, m.Capabilities, m.Name) { By = by }),
        AgentStop m => new CommandIntent(m.Id, new StopAgents(m.Agent, m.Role, m.Swarm, m.Count ?? 1, m.Reason) { By = by }),
        AgentHealth m => new CommandIntent(m.Id, new ReportHealth(m.Healthy, m.Message, m.Agent) { By = by }),
        AgentMetrics m => new CommandIntent(m.Id, new ReportMetrics(m.Metrics, m.Agent) { By = by }),
        AgentLog m => new CommandIntent(m.Id, new LogForAgent(m.Entries, m.Agent) { By = by }),
        AgentReports m => new CommandIntent(m.Id, new ShowReports(m.Agent) { By = by }),
        SpawnShow m => new CommandIntent(m.Id, new ShowSpawn(m.Spawn) { By = by }),
        RunnerList => new CommandIntent(message.Id, new ListRunners { By = by }),
        SpawnList or RunnerAttach or RunnerReport or RunnerLeave => new RunnerIntent(message.Id, message),
        AgentSend m => new CommandIntent(
            m.Id, new SendMessage(m.Agent, m.To, m.Content, m.Swarm, SendMessage.After(m.TtlMs), m.IdempotencyKey) { By = by }),
        MessageAcknowledge m => new CommandIntent(m.Id, new AcknowledgeMessages(m.Messages, m.Failed) { By = by }),
        TaskCreate m => new CommandIntent(m.Id, new CreateTasks(m.Tasks) { By = by }),
        TaskList m => List(m),
        TaskErrors m => new ListTaskErrorsIntent(m.Id, m),
        TaskShow m => new ShowTaskIntent(m.Id, m.Task),
        TaskCancel m => new CommandIntent(m.Id, new CancelTask(m.Task, m.Reason, m.Force) { By = by }),
        TaskSetPriority m => new CommandIntent(m.Id, new SetPriority(m.Task, m.Priority) { By = by }),
        TaskAssign m => new CommandIntent(m.Id, new AssignTask(m.Task, m.Agent, m.Priority) { By = by }),
        TaskRetry m => new CommandIntent(m.Id, new RetryTask(m.Task) { By = by }),
        PresenceSet m => new PresenceIntent(m.Id, m.Status),
        ChatOpen m => new CommandIntent(m.Id, new OpenConversation(m.Conversation, m.Title, m.Swarm, m.Participants) { By = by }),
        ChatPost m => new CommandIntent(m.Id, new PostMessage(m.Conversation, m.Content, m.IdempotencyKey) { By = by }),
        NotificationSend m => new CommandIntent(m.Id, new SendNotification(m.Level, m.Message, m.To, m.Swarm, m.IdempotencyKey) { By = by }),
        NotificationSeen m => new CommandIntent(m.Id, new MarkSeen(m.Through) { By = by }),
        MemoryPut m => Put(m, by),
        MemoryDelete m => new CommandIntent(m.Id, new DeleteMemory(m.Namespace, m.Key, m.Swarm, m.IfVersion) { By = by }),
        MemoryGet or MemoryList or MemoryNamespaces or MemorySearch => new MemoryIntent(message.Id, message),
        VoteOpen m => new CommandIntent(m.Id, new OpenProposal(m.Proposal) { By = by }),
        VoteCast m => new CommandIntent(m.Id, new CastBallot(m.Proposal, m.Choices, m.Confidence, m.Agent) { By = by }),
        VoteWithdraw m => new CommandIntent(m.Id, new WithdrawProposal(m.Proposal) { By = by }),
        VoteShow m => new CommandIntent(m.Id, new ShowProposal(m.Proposal) { By = by }),
        WorkflowDelete m => new CommandIntent(m.Id, new DeleteWorkflow(m.Workflow, m.Version) { By = by }),
        WorkflowDefine m => new CommandIntent(m.Id, new DefineWorkflow(m.Definition) { By = by }),
        RunStart m => new CommandIntent(m.Id, new StartRun(m.Run) { By = by }),
        RunSignal m => new CommandIntent(m.Id, new SignalRun(m.Run, m.Signal, m.Payload) { By = by }),
        RunRetry m => new CommandIntent(m.Id, new RetryRun(m.Run) { By = by }),
        RunCancel m => new CommandIntent(m.Id, new CancelRun(m.Run, m.Reason) { By = by }),
        WorkflowShow or WorkflowList or RunShow or RunList or RunSteps => new WorkflowIntent(message.Id, message),
        VoteList or VoteBallots => new VoteIntent(message.Id, message),
        CostShow m => new CostIntent(m.Id, m),
        BudgetSet m => new CommandIntent(m.Id, new SetBudget(m.Budget, m.Spec) { By = by }),
        BudgetShow m => new CommandIntent(m.Id, new ShowBudget(m.Budget) { By = by }),
        BudgetList => new CommandIntent(message.Id, new ListBudgets { By = by }),
        BudgetRemove m => new CommandIntent(m.Id, new RemoveBudget(m.Budget) { By = by }),
        BulkStart m => new CommandIntent(m.Id, new StartBulk(m.Bulk) { By = by }),
        BulkShow m => new CommandIntent(m.Id, new ShowBulk(m.Bulk) { By = by }),
        BulkStop m => new CommandIntent(m.Id, new StopBulk(m.Bulk) { By = by }),
        BulkCount or BulkList => new BulkIntent(message.Id, message),
        PurgeStart m => new CommandIntent(m.Id, new StartPurge(m.Purge) { By = by }),
        PurgeShow m => new CommandIntent(m.Id, new ShowPurge(m.Purge) { By = by }),
        PurgeCount or PurgeList => new PurgeIntent(message.Id, message),
        ScheduleSet m => new CommandIntent(m.Id, new SetSchedule(m.Schedule, m.Spec) { By = by }),
        SchedulePause m => new CommandIntent(m.Id, new PauseSchedule(m.Schedule) { By = by }),
        ScheduleResume m => new CommandIntent(m.Id, new ResumeSchedule(m.Schedule) { By = by }),
        ScheduleRunNow m => new CommandIntent(m.Id, new RunSchedule(m.Schedule) { By = by }),
        ScheduleRemove m => new CommandIntent(m.Id, new RemoveSchedule(m.Schedule) { By = by }),
        ScheduleShow m => new CommandIntent(m.Id, new ShowSchedule(m.Schedule) { By = by }),
        ScheduleList m => new ListSchedulesIntent(m.Id, m),
        TaskLogs m => new TaskLogsIntent(m.Id, m),
        AuditList m => new ListAuditIntent(m.Id, m),
        TokenRevoke m => new CommandIntent(m.Id, new RevokeToken(m.TokenId, m.ExpiresAt, m.Reason) { By = by }),
        TaskAnswer m => new CommandIntent(m.Id, new AnswerQuestion(m.Question, m.Answer) { By = by }),
        QuestionShow m => new CommandIntent(m.Id, new ShowQuestion(m.Question) { By = by }),
        QuestionList => new QuestionIntent(message.Id, message),
        SystemShow => new CommandIntent(message.Id, new ShowSystem { By = by }),
        AlertList m => List(m),
        AlertAcknowledge m => new CommandIntent(m.Id, new AcknowledgeAlert(m.Alert) { By = by }),
        LeaseRenew m => new CommandIntent(m.Id, new RenewLeases(m.Leases) { By = by }),
        LeaseMessage m => Work(m, by),
        _ => NativeFrames.Error(message.Id, new(ErrorCodes.UnknownType, $"'{message.Type}' is not accepted from a client.")),
    };

    private static CommandIntent Work(LeaseMessage message, Principal by)
    {
        var lease = new LeaseRef(message.Task, message.Attempt, message.Token);
        return message switch
        {
            TaskStart => new CommandIntent(message.Id, new StartTask(lease) { By = by }),
            TaskProgress m => new CommandIntent(m.Id, new ReportProgress(lease, m.Progress, m.Message, m.Usage) { By = by }),
            TaskUsage m => new CommandIntent(m.Id, new ReportUsage(lease, m.Usage) { By = by }),
            TaskLog m => new CommandIntent(m.Id, new LogLines(lease, m.Lines, m.Level) { By = by }),
            TaskComplete m => new CommandIntent(m.Id, new CompleteTask(lease, m.Result, m.Usage, m.ResultRef) { By = by }),
            TaskFail m => new CommandIntent(m.Id, new FailTask(lease, m.Error, m.Retryable, FailTask.After(m.RetryAfterMs), m.Usage) { By = by }),
            TaskAsk m => new CommandIntent(m.Id, new AskQuestion(lease, m.Question, m.Checkpoint) { By = by }),
            TaskCheckpoint m => new CommandIntent(m.Id, new KeepCheckpoint(lease, m.Checkpoint) { By = by }),
            TaskRefuse m => new CommandIntent(m.Id, new RefuseTask(lease, m.Reason) { By = by }),
            TaskRelease m => new CommandIntent(m.Id, new ReleaseTask(lease, m.Reason) { By = by }),
            _ => new CommandIntent(message.Id, new ConfirmCancelled(lease) { By = by }),
        };
    }

    private static CommandIntent Put(MemoryPut m, Principal by) =>
        new(m.Id, new PutMemory(m.Namespace, m.Key, m.Value, m.Swarm, m.IfVersion, PutMemory.After(m.TtlMs))
        {
            By = by,
            Metadata = m.Metadata,
            IdempotencyKey = m.IdempotencyKey,
        });

    private static Intent List(TaskList message) =>
        TaskListRules.Problem(message) is { } problem ? NativeFrames.Error(message.Id, problem) : new ListTasksIntent(message.Id, message);

    private static Intent List(AlertList message) =>
        AlertListRules.Problem(message) is { } problem ? NativeFrames.Error(message.Id, problem) : new ListAlertsIntent(message.Id, message);

    private static Intent ForAgent(string? id, string? agent, Func<string, Command> command) => agent is null
        ? NativeFrames.Error(id, new(ErrorCodes.NotAnAgent, "This connection has no agent: name one in the message or in hello."))
        : new CommandIntent(id, command(agent));
}
