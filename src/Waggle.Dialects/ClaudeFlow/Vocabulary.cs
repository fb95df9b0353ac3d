using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The names, units and error codes of the dialect.</summary>
internal static class Vocabulary
{
    public const string InvalidMessage = "INVALID_MESSAGE";
    public const string UnsupportedVersion = "UNSUPPORTED_VERSION";
    public const string AuthenticationFailed = "AUTHENTICATION_FAILED";
    public const string AuthorizationFailed = "AUTHORIZATION_FAILED";
    public const string SubscriptionFailed = "SUBSCRIPTION_FAILED";
    public const string PublishFailed = "PUBLISH_FAILED";
    public const string RateLimitExceeded = "RATE_LIMIT_EXCEEDED";
    public const string InternalError = "INTERNAL_ERROR";

    /// <summary>Returns the status of an agent: one with a task, or without a free slot, is busy.</summary>
    public static string StatusOf(AgentStatus status, int slots, int holding) => status switch
    {
        AgentStatus.Offline or AgentStatus.Removed or AgentStatus.Unknown => "offline",
        AgentStatus.Draining when holding == 0 => "offline",
        _ => holding > 0 || slots == 0 ? "busy" : "idle",
    };

    public static string Of(TaskState state) => state switch
    {
        TaskState.Blocked or TaskState.Pending or TaskState.Assigned or TaskState.RetryWait => "pending",
        TaskState.Completed => "completed",
        TaskState.Cancelled => "cancelled",
        TaskState.Failed or TaskState.Expired or TaskState.Rejected => "failed",
        _ => "in-progress",
    };

    public static string Of(AgentLogLevel level) => level == AgentLogLevel.Trace ? "debug" : SnakeCase.Of(level);

    public static AgentLogLevel? ReadLevel(string word) => word switch
    {
        "debug" => AgentLogLevel.Debug,
        "info" => AgentLogLevel.Info,
        "warn" => AgentLogLevel.Warn,
        "error" => AgentLogLevel.Error,
        _ => null,
    };

    public static string Of(TopologyKind kind) => SnakeCase.Of(kind).Replace('_', '-');

    public static TopologyKind? ReadTopology(string word)
    {
        foreach (var kind in Enum.GetValues<TopologyKind>())
        {
            if (Of(kind) == word) return kind;
        }

        return null;
    }

    public static string Of(ProposalState state) => SnakeCase.Of(state);

    /// <summary>Converts a progress to 0 to 100, with one decimal place.</summary>
    public static double Percent(double progress) => Math.Round(progress * 100, 1);

    /// <summary>Returns the code of an error. The hub's own code is in its details.</summary>
    /// <param name="type">The type of the client's message; null for an error without one.</param>
    public static string CodeOf(Error error, string? type) => error.Code switch
    {
        ErrorCodes.Forbidden or ErrorCodes.NotAnAgent or ErrorCodes.AgentInUse or ErrorCodes.AgentRemoved or ErrorCodes.NotAnElector => AuthorizationFailed,
        ErrorCodes.Unauthenticated => AuthenticationFailed,
        ErrorCodes.MalformedMessage or ErrorCodes.UnknownType => InvalidMessage,
        ErrorCodes.RateLimited => RateLimitExceeded,
        ErrorCodes.Internal => InternalError,
        _ => type switch
        {
            "publish" => PublishFailed,
            "subscribe" or "unsubscribe" => SubscriptionFailed,
            "auth" => AuthenticationFailed,
            _ => InvalidMessage,
        },
    };
}
