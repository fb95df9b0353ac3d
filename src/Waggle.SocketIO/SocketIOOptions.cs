using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Waggle.SocketIO;

/// <summary>How a Socket.IO server behaves. Names and values are those of the Node server where it has them.</summary>
public sealed class SocketIOOptions
{
    /// <summary>How long after the last pong the next ping is sent. Default: 25 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may take for its pong. Default: 20 s.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an upgrade from polling to WebSocket may take. Default: 10 s.</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may stay without having joined a namespace. Default: 45 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a polling client that is to leave may take to fetch its last words. Default: 30 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a message, and of the body of a polling request. A larger one ends the connection: 1009, or 413. Default: 1,000,000.</summary>
    public int MaxHttpBufferSize { get; set; } = 1_000_000;

    /// <summary>Binary attachments of one packet. Default: 10.</summary>
    public int MaxAttachments { get; set; } = 10;

    /// <summary>Namespaces that one client may join at a time. Default: 100.</summary>
    public int MaxNamespacesPerClient { get; set; } = 100;

    /// <summary>
    /// The events of one client that asynchronous handlers may work on at a time; further ones are read when a handler has ended. Default: 100.
    /// </summary>
    public int MaxConcurrentEvents { get; set; } = 100;

    /// <summary>Packets that may wait for a client that reads too slowly; one more ends its connection. Default: 20,000.</summary>
    public int MaxQueuedPackets { get; set; } = 20_000;

    /// <summary>The same in bytes. Default: 16 MiB.</summary>
    public long MaxQueuedBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>By which transports clients may come. Default: both.</summary>
    public SocketIOTransports Transports { get; set; } = SocketIOTransports.Polling | SocketIOTransports.WebSocket;

    /// <summary>Whether a client that came by polling may go on over WebSocket. Default: yes.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>Whether answers to polling requests of 1,024 bytes and more are compressed for those who take it. Default: yes.</summary>
    public bool HttpCompression { get; set; } = true;

    /// <summary>Whether the client's script is served beside the endpoint (<c>socket.io.js</c>, <c>.min.js</c>, <c>.esm.min.js</c>). Default: yes.</summary>
    public bool ServeClient { get; set; } = true;

    /// <summary>Whether a namespace that was made for a pattern is forgotten when its last socket is gone. Default: yes.</summary>
    public bool CleanupEmptyChildNamespaces { get; set; } = true;

    /// <summary>
    /// A cookie with the session's id, for balancers that send a client to the same instance by it. Default: none; Node's is named <c>io</c>.
    /// </summary>
    public CookieBuilder? Cookie { get; set; }

    /// <summary>Asked before a session begins. The words that it gives refuse (403, code 4); null lets the client in.</summary>
    public Func<HttpContext, ValueTask<string?>>? AllowRequest { get; set; }

    /// <summary>Lets clients that lost their connection for a moment find their socket as it was, and what they missed. Default: off.</summary>
    public ConnectionStateRecoveryOptions? ConnectionStateRecovery { get; set; }

    /// <summary>How arguments become JSON and back. Byte arrays and memory travel as attachments. Default: as JavaScript names things.</summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web);
}

/// <summary>Ways to a Socket.IO server.</summary>
[Flags]
public enum SocketIOTransports
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>HTTP long-polling.</summary>
    Polling = 1,

    /// <summary>WebSocket.</summary>
    WebSocket = 2,
}

/// <summary>How long and how much is kept for clients that come back.</summary>
public sealed class ConnectionStateRecoveryOptions
{
    /// <summary>How long a client may be gone. Default: 2 minutes.</summary>
    public TimeSpan MaxDisconnectionDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether a client that comes back is let in without asking the middlewares again. Default: they are asked.</summary>
    public bool SkipMiddlewares { get; set; }

    /// <summary>Bytes of events that a namespace keeps; older ones go first, and whoever missed one of these begins anew. Default: 16 MiB.</summary>
    public long MaxStoredBytes { get; set; } = 16 * 1024 * 1024;
}
