namespace Waggle.Protocol;

/// <summary>
/// WebSocket close codes of waggle.v1 (spec/close-codes.md). 4000 to 4499: come back and resume with the last position;
/// 4500 to 4999: do not come back with the same request.
/// </summary>
public static class CloseCodes
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;

    /// <summary>A text frame that is not UTF-8, or one that breaks RFC 6455 in another way (1002): said by the WebSocket layer.</summary>
    public const int InvalidText = 1007;
    public const int MessageTooBig = 1009;
    public const int InternalError = 1011;

    /// <summary>The client did not read fast enough to be told everything; resume from the last position.</summary>
    public const int SlowConsumer = 4001;

    /// <summary>The hub is stopping; come back after a moment.</summary>
    public const int Draining = 4002;

    /// <summary>No hello was received in time.</summary>
    public const int HelloTimeout = 4003;

    /// <summary>A newer connection of the same agent took over.</summary>
    public const int Replaced = 4500;

    /// <summary>The agent was removed.</summary>
    public const int AgentRemoved = 4501;

    /// <summary>The handshake's hello was refused; the error before says why.</summary>
    public const int HelloRefused = 4502;

    /// <summary>The token lapsed: come back with a fresh one and resume.</summary>
    public const int TokenExpired = 4503;

    /// <summary>Whether a client should connect again by itself after this code.</summary>
    public static bool ShouldReconnect(int code) => code is < 4500 and not MessageTooBig;
}
