namespace Waggle.SocketIO;

/// <summary>Why a socket is gone, in the words of Socket.IO.</summary>
public static class DisconnectReasons
{
    /// <summary>The client closed its connection, or lost it.</summary>
    public const string TransportClose = "transport close";

    /// <summary>The connection broke, or the client broke its rules.</summary>
    public const string TransportError = "transport error";

    /// <summary>The client sent something that is no Socket.IO packet, or none that it may send.</summary>
    public const string ParseError = "parse error";

    /// <summary>No pong came in time.</summary>
    public const string PingTimeout = "ping timeout";

    /// <summary>The client left the namespace.</summary>
    public const string ClientNamespaceDisconnect = "client namespace disconnect";

    /// <summary>The server sent the socket out of the namespace.</summary>
    public const string ServerNamespaceDisconnect = "server namespace disconnect";

    /// <summary>The server ended the connection.</summary>
    public const string ForcedServerClose = "forced server close";

    /// <summary>The connection was ended because no namespace was joined in time.</summary>
    public const string ForcedClose = "forced close";

    /// <summary>The server stops.</summary>
    public const string ServerShuttingDown = "server shutting down";

    /// <summary>More waited for the client than may wait: it reads too slowly. Not a reason of the Node server, which has no such bound.</summary>
    public const string SlowClient = "slow client";

    // The client is told its last words.
    internal static bool IsOrderly(string reason) => reason is ForcedClose or ForcedServerClose or ServerShuttingDown;

    // After the others the client means to stay away.
    internal static bool MayRecover(string reason) => reason is not (ClientNamespaceDisconnect or ServerNamespaceDisconnect or ParseError);
}
