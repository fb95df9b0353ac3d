namespace Waggle.Protocol;

/// <summary>The limits of waggle.v1, in bytes unless named otherwise.</summary>
public static class Limits
{
    public const int MaxMessageBytes = 1024 * 1024;
    public const int MaxMessagesPerFrame = 1000;

    /// <summary>The size above which the hub stores a result outside of its record.</summary>
    public const int MaxRecordedResultBytes = 32 * 1024;

    /// <summary>The greatest nesting of objects and arrays in a client's message, the message itself included.</summary>
    public const int MaxDepth = 64;
    public const int MaxIdLength = 64;
    public const int MaxTasksPerCreate = 1000;
    public const int MaxDependencies = 20_000;

    /// <summary>The greatest number of dependencies that an assignment lists; its spec has the ids of all.</summary>
    public const int MaxAssignedDependencies = 1000;

    /// <summary>The greatest size of the dependencies' results in one assignment, together.</summary>
    public const int MaxAssignedResultBytes = 256 * 1024;

    /// <summary>The size of the input that a worker reads over HTTP, with the parts that are too large for its assignment.</summary>
    public const int MaxTaskInputBytes = 16 * 1024 * 1024;

    /// <summary>The greatest length of the key of a limit or of a fair share, in characters.</summary>
    public const int MaxFlowKeyLength = 200;
    public const int MaxConcurrency = 1_000_000;
    public const int MaxRate = 1_000_000;

    /// <summary>The greatest number of rate limits with waiting tasks or a current period. The hub holds each of them in memory.</summary>
    public const int MaxRateKeys = 100_000;
    public const int MaxTopicsPerSubscribe = 100;

    /// <summary>The greatest number of topics and patterns in all subscriptions of a connection.</summary>
    public const int MaxSubscribedTopics = 10_000;

    /// <summary>The greatest number of a connection's subscriptions that filter or shape. Each costs the hub some work for every record.</summary>
    public const int MaxShapedSubscriptions = 100;

    /// <summary>The greatest number of comparisons in a filter; each value of an <c>in</c> counts.</summary>
    public const int MaxFilterTerms = 32;
    public const int MaxFilterDepth = 8;
    public const int MaxFilterValues = 100;
    public const int MaxFilterBytes = 16 * 1024;

    /// <summary>The greatest number of segments in a field's path in a filter.</summary>
    public const int MaxFieldDepth = 8;
    public const int MaxRatePerSecond = 1000;
    public const int MaxBatchMs = 10_000;
    public const int MaxRecoveredRecords = 1000;
    public const int MaxRecoveredBytes = 1024 * 1024;
    public const int MaxPageSize = 1000;
    public const int MaxLogLines = 1000;
    public const int MaxTitleLength = 500;
    public const int MaxTextLength = 10_000;
    public const int MaxErrorCodeLength = 100;
    public const int MaxCapabilities = 100;
    public const int MaxSlots = 10_000;

    /// <summary>The greatest length of a token's subject, in characters.</summary>
    public const int MaxSubjectLength = 200;
    public const int MaxParticipants = 100;
    public const int MaxMessagesPerConversation = 100_000;

    /// <summary>The JSON text of a memory entry's value. A message that carries it is bounded, too.</summary>
    public const int MaxMemoryValueBytes = 1024 * 1024;
    public const int MaxMemoryMetadata = 32;
    public const int MaxMemoryMetadataLength = 500;

    public const int MaxMemoryTtlDays = 3650;

    /// <summary>The greatest length of a search's query, in characters.</summary>
    public const int MaxSearchQueryLength = 4000;
    public const int MaxSearchVectorLength = 8192;
    public const int MaxSearchResults = 100;

    /// <summary>The bulks of a hive that have not ended.</summary>
    public const int MaxOpenBulks = 10;

    /// <summary>The purges of a hive that have not ended.</summary>
    public const int MaxOpenPurges = 10;

    /// <summary>The budgets of a hive: each is in memory.</summary>
    public const int MaxBudgets = 1_000;

    /// <summary>The open runs with a budget of their definition or start, in a hive.</summary>
    public const int MaxRunBudgets = 1_000;

    /// <summary>The days of one cost report.</summary>
    public const int MaxCostDays = 400;

    /// <summary>The rows of one cost report.</summary>
    public const int MaxCostRows = 10_000;

    public const int MaxSchedules = 10_000;

    /// <summary>The JSON text of the input of a schedule's task. The hub holds it in memory and writes it at each run.</summary>
    public const int MaxScheduleInputBytes = 32 * 1024;

    public const int MaxOpenProposals = 1000;
    public const int MaxElectors = 10_000;

    /// <summary>The electors of all open proposals together. The hub holds each of them in memory.</summary>
    public const int MaxOpenElectors = 200_000;

    /// <summary>The greatest number of options of a proposal, without <c>abstain</c>.</summary>
    public const int MaxOptions = 50;
    public const int MaxOptionLength = 200;
    public const int MaxProposalDays = 365;

    /// <summary>How often a tie moves the deadline of a proposal with the tie rule <c>extend</c>.</summary>
    public const int MaxTieExtensions = 3;

    /// <summary>The size of a task's checkpoint.</summary>
    public const int MaxCheckpointBytes = 32 * 1024;
    public const int MaxOpenQuestions = 10_000;
    public const int MaxOpenQuestionsPerSwarm = 5000;

    /// <summary>The size of all open questions together. The hub holds each of them in memory.</summary>
    public const int MaxOpenQuestionBytes = 64 * 1024 * 1024;
    public const int MaxQuestionDays = 365;

    /// <summary>The JSON text of a schema.</summary>
    public const int MaxSchemaBytes = 16 * 1024;

    /// <summary>The JSON text of an answer.</summary>
    public const int MaxAnswerBytes = 8 * 1024;

    /// <summary>The greatest number of answers that a task keeps for its next attempt, and their JSON text together.</summary>
    public const int MaxKeptAnswers = 100;
    public const int MaxKeptAnswerBytes = 64 * 1024;

    /// <summary>The greatest number of agents in one request to start agents.</summary>
    public const int MaxSpawnCount = 100;
    public const int MaxRunners = 1000;
    public const int MaxTemplates = 100;

    /// <summary>The greatest number of agents that a runner may have at a time.</summary>
    public const int MaxRunnerAgents = 1000;
    public const int MaxRunnerMessageLength = 2000;

    /// <summary>The greatest number of metrics in one report of an agent.</summary>
    public const int MaxReportedMetrics = 100;
    public const int MaxReportedUnitLength = 20;

    /// <summary>The greatest number of entries in one log report of an agent.</summary>
    public const int MaxAgentLogEntries = 100;

    /// <summary>The JSON text of the context of one log entry.</summary>
    public const int MaxLogContextBytes = 8 * 1024;

    /// <summary>The greatest size of the content of a message to an agent.</summary>
    public const int MaxAgentMessageBytes = 32 * 1024;

    /// <summary>The greatest length of the reason for which an agent gave a message up, in characters.</summary>
    public const int MaxMessageFailedLength = 500;

    /// <summary>The greatest number of agents that one message goes to.</summary>
    public const int MaxMessageRecipients = 1000;

    /// <summary>The greatest number of messages that wait for an agent, and their size together.</summary>
    public const int MaxInboxMessages = 1000;
    public const int MaxInboxBytes = 4 * 1024 * 1024;

    /// <summary>The size of the messages that wait for all agents. The hub holds each of them in memory.</summary>
    public const int MaxWaitingMessageBytes = 256 * 1024 * 1024;

    /// <summary>The greatest number of leads in a hierarchical mesh.</summary>
    public const int MaxLeads = 32;

    /// <summary>The greatest number of agents that a topology names as parents' children or in its order.</summary>
    public const int MaxTopologyEntries = 1000;

    /// <summary>The greatest number of agents above an agent in a hierarchy.</summary>
    public const int MaxTopologyDepth = 32;

    public const int MaxWorkflows = 10_000;

    /// <summary>The versions of a workflow. The next version deletes the oldest one that has no open run and that no workflow calls.</summary>
    public const int MaxWorkflowVersions = 100;
    public const int MaxWorkflowSteps = 10_000;

    /// <summary>The greatest number of names in the depends_on of all steps of a workflow together.</summary>
    public const int MaxWorkflowEdges = 100_000;

    /// <summary>The greatest number of items of a map.</summary>
    public const int MaxWorkflowItems = 10_000;

    /// <summary>The greatest size of a map's list.</summary>
    public const int MaxWorkflowListBytes = 16 * 1024 * 1024;

    /// <summary>The greatest depth of workflows that call workflows.</summary>
    public const int MaxWorkflowDepth = 8;
    public const int MaxWorkflowDays = 365;
    public const int MaxOpenRuns = 10_000;

    /// <summary>The steps of all open runs together. The hub holds each of them in memory.</summary>
    public const int MaxOpenRunSteps = 1_000_000;
    public const int MaxSignalBytes = 32 * 1024;
}
