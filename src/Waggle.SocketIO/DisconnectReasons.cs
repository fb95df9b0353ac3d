namespace Waggle.SocketIO;

/// <summary>The reasons why a socket disconnected, as Socket.IO names them.</summary>
public static class DisconnectReasons
{
    /// <summary>The client closed its connection, or lost it.</summary>
    public const string TransportClose = "transport close";

    /// <summary>The connection broke, or the client violated the rules of its transport.</summary>
    public const string TransportError = "transport error";

    /// <summary>The client sent data that is not a Socket.IO packet, or a packet that it may not send.</summary>
    public const string ParseError = "parse error";

    /// <summary>The client sent no pong in time.</summary>
    public const string PingTimeout = "ping timeout";

    /// <summary>The client left the namespace.</summary>
    public const string ClientNamespaceDisconnect = "client namespace disconnect";

    /// <summary>The server disconnected the socket from the namespace.</summary>
    public const string ServerNamespaceDisconnect = "server namespace disconnect";

    /// <summary>The server ended the connection.</summary>
    public const string ForcedServerClose = "forced server close";

    /// <summary>The server ended the connection because the client did not join a namespace in time.</summary>
    public const string ForcedClose = "forced close";

    /// <summary>The server stopped.</summary>
    public const string ServerShuttingDown = "server shutting down";

    /// <summary>
    /// The client read too slowly: more waited for it than <see cref="SocketIOOptions.MaxQueuedPackets"/> or <see cref="SocketIOOptions.MaxQueuedBytes"/>
    /// allows. The Node server has no such limit and no such reason.
    /// </summary>
    public const string SlowClient = "slow client";

    // Whether a polling client still receives the packets that wait for it, and the close.
    internal static bool IsOrderly(string reason) => reason is ForcedClose or ForcedServerClose or ServerShuttingDown;

    // After the other reasons the client does not intend to resume.
    internal static bool MayRecover(string reason) => reason is not (ClientNamespaceDisconnect or ServerNamespaceDisconnect or ParseError);
}
