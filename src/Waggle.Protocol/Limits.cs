namespace Waggle.Protocol;

/// <summary>The sizes of waggle.v1, in bytes unless named otherwise.</summary>
public static class Limits
{
    public const int MaxMessageBytes = 1024 * 1024;
    public const int MaxMessagesPerFrame = 1000;

    /// <summary>A longer result is kept outside of its record.</summary>
    public const int MaxRecordedResultBytes = 32 * 1024;

    /// <summary>Objects and arrays within each other in a client's message, itself included.</summary>
    public const int MaxDepth = 64;
    public const int MaxIdLength = 64;
    public const int MaxTasksPerCreate = 1000;
    public const int MaxDependencies = 20_000;

    /// <summary>Dependencies that an assignment lists; the ids of all are in its spec.</summary>
    public const int MaxAssignedDependencies = 1000;

    /// <summary>Results of dependencies in one assignment, together.</summary>
    public const int MaxAssignedResultBytes = 256 * 1024;
    public const int MaxTopicsPerSubscribe = 100;

    /// <summary>Topics and patterns of all subscriptions of a connection.</summary>
    public const int MaxSubscribedTopics = 10_000;

    /// <summary>Subscriptions of a connection that filter or shape: each costs the hub some work on every record.</summary>
    public const int MaxShapedSubscriptions = 100;

    /// <summary>Comparisons in a filter, the values of each <c>in</c> counted apart.</summary>
    public const int MaxFilterTerms = 32;
    public const int MaxFilterDepth = 8;
    public const int MaxFilterValues = 100;
    public const int MaxFilterBytes = 16 * 1024;

    /// <summary>Segments of a field's path in a filter.</summary>
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

    /// <summary>Who a token is for: characters.</summary>
    public const int MaxSubjectLength = 200;
    public const int MaxParticipants = 100;
    public const int MaxMessagesPerConversation = 100_000;
}
