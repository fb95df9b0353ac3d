namespace Waggle.Protocol;

/// <summary>The stable codes of errors, the same in every dialect's own form. Their meanings stand in spec/errors.md; a test compares the two.</summary>
public static class ErrorCodes
{
    /// <summary>The text is not JSON, or not an object or array of objects.</summary>
    public const string MalformedMessage = "MALFORMED_MESSAGE";

    /// <summary>The message's type is not one that this protocol version knows.</summary>
    public const string UnknownType = "UNKNOWN_TYPE";

    /// <summary>A field is unknown, missing, of the wrong type or out of range.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>The first message must be hello, and hello comes once.</summary>
    public const string HelloRequired = "HELLO_REQUIRED";

    public const string UnsupportedProtocol = "UNSUPPORTED_PROTOCOL";
    public const string NotFound = "NOT_FOUND";
    public const string AlreadyExists = "ALREADY_EXISTS";

    /// <summary>The state of the thing does not allow the command (it is finished, for example).</summary>
    public const string InvalidState = "INVALID_STATE";

    /// <summary>The swarm was stopped: it takes no tasks until it is resumed.</summary>
    public const string SwarmStopped = "SWARM_STOPPED";

    /// <summary>The (task, attempt, token) is not the lease in force: stop working on it.</summary>
    public const string StaleLease = "STALE_LEASE";

    /// <summary>The agent's id is held by somebody with another secret.</summary>
    public const string AgentInUse = "AGENT_IN_USE";

    /// <summary>This connection speaks for no agent, or for another one.</summary>
    public const string NotAnAgent = "NOT_AN_AGENT";

    /// <summary>The agent was removed; it must not come back by itself.</summary>
    public const string AgentRemoved = "AGENT_REMOVED";

    /// <summary>No token, or one that is not taken; the message says why.</summary>
    public const string Unauthenticated = "UNAUTHENTICATED";

    /// <summary>The token does not permit it; the message names what is missing.</summary>
    public const string Forbidden = "FORBIDDEN";

    /// <summary>The commit failed; nothing of it happened. Send it again.</summary>
    public const string StoreUnavailable = "STORE_UNAVAILABLE";

    /// <summary>The disk or database is full: creations are refused until there is room; completions are still taken.</summary>
    public const string StoreFull = "STORE_FULL";

    public const string TooLarge = "TOO_LARGE";

    /// <summary>The content that a reference names is not there.</summary>
    public const string BlobMissing = "BLOB_MISSING";

    /// <summary>The idempotency key was used before, for something else.</summary>
    public const string IdempotencyConflict = "IDEMPOTENCY_CONFLICT";

    /// <summary>The engine behind this command does not exist here.</summary>
    public const string NotAvailable = "NOT_AVAILABLE";

    /// <summary>A fault of the hub's own. Its log has the details under the id in the message.</summary>
    public const string Internal = "INTERNAL";
}
