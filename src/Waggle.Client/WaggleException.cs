using Waggle.Protocol;

namespace Waggle.Client;

/// <summary>A hub's error, or the SDK's own reason why a request has no answer. <see cref="Code"/> is stable; the message is for people.</summary>
public sealed class WaggleException(string code, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception($"{code}: {message}", inner)
{
    /// <summary>One of <see cref="ErrorCodes"/> (said by the hub) or of <see cref="ClientErrorCodes"/> (found here).</summary>
    public string Code { get; } = code;

    /// <summary>Set when sending the same again after this long can succeed.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>Codes that the SDK itself gives, where no answer of the hub exists.</summary>
public static class ClientErrorCodes
{
    /// <summary>No connection came about within <see cref="WaggleOptions.ConnectTimeout"/>.</summary>
    public const string Unreachable = "UNREACHABLE";

    /// <summary>The connection broke after a request was written that must not be written twice: its outcome is unknown.</summary>
    public const string ConnectionLost = "CONNECTION_LOST";

    /// <summary>The client was disposed, or the hub closed the connection for good.</summary>
    public const string Closed = "CLOSED";

    /// <summary>Another connection took over this agent (close code 4500).</summary>
    public const string Replaced = "REPLACED";

    /// <summary>What the hub sent is not waggle.v1.</summary>
    public const string Protocol = "PROTOCOL";

    /// <summary><see cref="WaggleOptions.TokenProvider"/> failed; it is asked again at the next attempt.</summary>
    public const string NoToken = "NO_TOKEN";

    /// <summary>Records were missed that a program did not say it could do without; see <see cref="ObservationHandlers.OnLoss"/>.</summary>
    public const string Missed = "MISSED";

    /// <summary>A worker stopped before the hub had acknowledged a result.</summary>
    public const string Undelivered = "UNDELIVERED";
}
