using Waggle.Protocol;

namespace Waggle.Client;

/// <summary>A hub's error, or the SDK's own reason why a request has no answer. <see cref="Code"/> is stable; the message is for people.</summary>
public sealed class WaggleException(string code, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception($"{code}: {message}", inner)
{
    /// <summary>One of <see cref="ErrorCodes"/> (from the hub) or of <see cref="ClientErrorCodes"/> (from the SDK).</summary>
    public string Code { get; } = code;

    /// <summary>The time after which the same request can succeed; null if it cannot.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>The codes of the SDK itself, for requests without an answer of the hub.</summary>
public static class ClientErrorCodes
{
    /// <summary>The client established no connection within <see cref="WaggleOptions.ConnectTimeout"/>.</summary>
    public const string Unreachable = "UNREACHABLE";

    /// <summary>The connection broke after the client wrote a request that must not be written twice; its outcome is unknown.</summary>
    public const string ConnectionLost = "CONNECTION_LOST";

    /// <summary>The client was disposed, or the hub closed the connection permanently.</summary>
    public const string Closed = "CLOSED";

    /// <summary>Another connection of the agent replaced this one (close code 4500).</summary>
    public const string Replaced = "REPLACED";

    /// <summary>The hub's message is not waggle.v1.</summary>
    public const string Protocol = "PROTOCOL";

    /// <summary><see cref="WaggleOptions.TokenProvider"/> failed; the SDK calls it again at the next attempt.</summary>
    public const string NoToken = "NO_TOKEN";

    /// <summary>Records are missing, and the program has no handler for a loss; see <see cref="ObservationHandlers.OnLoss"/>.</summary>
    public const string Missed = "MISSED";

    /// <summary>A worker stopped before the hub had acknowledged a result.</summary>
    public const string Undelivered = "UNDELIVERED";
}
