namespace Waggle.Protocol;

/// <summary>The stable error codes, which every dialect carries in its own form. spec/errors.md explains their meanings; a test compares the two.</summary>
public static class ErrorCodes
{
    /// <summary>The text is not JSON, or neither an object nor an array of objects.</summary>
    public const string MalformedMessage = "MALFORMED_MESSAGE";

    /// <summary>This protocol version does not define the message's type.</summary>
    public const string UnknownType = "UNKNOWN_TYPE";

    /// <summary>A field is unknown, missing, of the wrong type or out of range.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>The first message must be hello, and a connection sends hello once.</summary>
    public const string HelloRequired = "HELLO_REQUIRED";

    public const string UnsupportedProtocol = "UNSUPPORTED_PROTOCOL";
    public const string NotFound = "NOT_FOUND";
    public const string AlreadyExists = "ALREADY_EXISTS";

    /// <summary>The state of the entity does not permit the command, for example because a task has finished.</summary>
    public const string InvalidState = "INVALID_STATE";

    /// <summary>The swarm is stopped and accepts no tasks until it is resumed.</summary>
    public const string SwarmStopped = "SWARM_STOPPED";

    /// <summary>The (task, attempt, token) is not the lease in force; the worker stops working on the task.</summary>
    public const string StaleLease = "STALE_LEASE";

    /// <summary>Another worker, with another secret, holds the agent's id.</summary>
    public const string AgentInUse = "AGENT_IN_USE";

    /// <summary>The connection acts for no agent, or for another one.</summary>
    public const string NotAnAgent = "NOT_AN_AGENT";

    /// <summary>The agent cannot have the task: it is in another swarm, lacks a required capability, or does not take the type of the task.</summary>
    public const string AgentNotAble = "AGENT_NOT_ABLE";

    /// <summary>The topology of the swarm does not let the agent give the other one a task or a message.</summary>
    public const string NotLinked = "NOT_LINKED";

    /// <summary>The agent was removed; its worker must not reconnect automatically.</summary>
    public const string AgentRemoved = "AGENT_REMOVED";

    /// <summary>The token is missing or refused; the message gives the reason.</summary>
    public const string Unauthenticated = "UNAUTHENTICATED";

    /// <summary>The token does not permit the command; the message names the missing permission.</summary>
    public const string Forbidden = "FORBIDDEN";

    /// <summary>The commit failed and nothing was changed; the client can send the command again.</summary>
    public const string StoreUnavailable = "STORE_UNAVAILABLE";

    /// <summary>The disk or database is full. The hub refuses creations until there is room and still accepts completions.</summary>
    public const string StoreFull = "STORE_FULL";

    public const string TooLarge = "TOO_LARGE";

    /// <summary>The content that a reference names does not exist.</summary>
    public const string BlobMissing = "BLOB_MISSING";

    /// <summary>The idempotency key was used before, for another request.</summary>
    public const string IdempotencyConflict = "IDEMPOTENCY_CONFLICT";

    /// <summary>The entry has another version than the command names: read it and decide again.</summary>
    public const string VersionConflict = "VERSION_CONFLICT";

    /// <summary>The namespace or its swarm would have more bytes, entries or namespaces than the hub keeps; delete some.</summary>
    public const string QuotaExceeded = "QUOTA_EXCEEDED";

    /// <summary>The proposal is closed, or its deadline is over.</summary>
    public const string VoteClosed = "VOTE_CLOSED";

    /// <summary>The voter is not in the electorate, which was frozen when the proposal opened.</summary>
    public const string NotAnElector = "NOT_AN_ELECTOR";

    /// <summary>The voter has voted, and the proposal permits no changes.</summary>
    public const string AlreadyVoted = "ALREADY_VOTED";

    /// <summary>The question has an answer, its deadline is over, or its task no longer waits for it.</summary>
    public const string QuestionClosed = "QUESTION_CLOSED";

    /// <summary>A run of the workflow with the same key has not ended.</summary>
    public const string RunActive = "RUN_ACTIVE";

    /// <summary>The embedder of the search failed, so a text has no vector now. A search by words needs none.</summary>
    public const string EmbedderFailed = "EMBEDDER_FAILED";

    /// <summary>The client sends more messages than its limit permits; the message was not processed.</summary>
    public const string RateLimited = "RATE_LIMITED";

    /// <summary>The hub has no engine behind this command.</summary>
    public const string NotAvailable = "NOT_AVAILABLE";

    /// <summary>The hub has an internal fault. Its log has the details under the id in the message.</summary>
    public const string Internal = "INTERNAL";
}
