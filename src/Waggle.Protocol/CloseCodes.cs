namespace Waggle.Protocol;

/// <summary>
/// The WebSocket close codes of waggle.v1 (spec/close-codes.md). After 4000 to 4499 a client connects again and resumes with the last position. After 4500 to
/// 4999 it does not connect again with the same request.
/// </summary>
public static class CloseCodes
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;

    /// <summary>The client sent a text frame that is not UTF-8. The WebSocket layer sends this code, and 1002 for any other violation of RFC 6455.</summary>
    public const int InvalidText = 1007;
    public const int MessageTooBig = 1009;
    public const int InternalError = 1011;

    /// <summary>The client did not read fast enough to receive everything; it resumes from the last position.</summary>
    public const int SlowConsumer = 4001;

    /// <summary>The hub is stopping; the client connects again after a moment.</summary>
    public const int Draining = 4002;

    /// <summary>The hub received no hello in time.</summary>
    public const int HelloTimeout = 4003;

    /// <summary>A newer connection of the same agent replaced this one.</summary>
    public const int Replaced = 4500;

    /// <summary>The agent was removed.</summary>
    public const int AgentRemoved = 4501;

    /// <summary>The hub refused the hello; the error before the close gives the reason.</summary>
    public const int HelloRefused = 4502;

    /// <summary>The token expired; the client connects again with a fresh one and resumes.</summary>
    public const int TokenExpired = 4503;

    /// <summary>Returns whether a client should connect again automatically after this code.</summary>
    public static bool ShouldReconnect(int code) => code is < 4500 and not MessageTooBig;
}
