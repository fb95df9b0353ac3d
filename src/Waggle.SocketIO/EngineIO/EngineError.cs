namespace Waggle.SocketIO.EngineIO;

/// <summary>The reason why a request was rejected. Codes and messages are those of the Node server, which clients know.</summary>
internal sealed record EngineError(int Code, string Message, int Status = 400)
{
    public static readonly EngineError UnknownTransport = new(0, "Transport unknown");
    public static readonly EngineError UnknownSession = new(1, "Session ID unknown");
    public static readonly EngineError BadMethod = new(2, "Bad handshake method");
    public static readonly EngineError BadRequest = new(3, "Bad request");
    public static readonly EngineError Forbidden = new(4, "Forbidden", 403);
    public static readonly EngineError UnsupportedVersion = new(5, "Unsupported protocol version");

    /// <summary>The server is stopping and accepts no new session.</summary>
    public static readonly EngineError Stopping = new(3, "Bad request", 503);
}
