using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Waggle.SocketIO;

/// <summary>
/// The options of a Socket.IO server. Names and default values are those of the Node server where it has the same option. A server checks its options when it
/// is created and throws an <see cref="ArgumentException"/> if one is not valid. Do not change them afterwards.
/// </summary>
public sealed class SocketIOOptions
{
    /// <summary>Gets or sets the time between the last pong and the next ping. Default: 25 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Gets or sets the time that a client has for its pong. Default: 20 s.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets the time that a client has for an upgrade from polling to WebSocket. Default: 10 s.</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the time that a client may be in no namespace, before its first join or after it left the last one. Default: 45 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Gets or sets the time that a polling client has to fetch its last packets after its session ended. Default: 30 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the maximum size of a message and of the body of a polling request, in bytes. A larger one ends the connection, with the close code 1009 or
    /// the status 413. Default: 1,000,000.
    /// </summary>
    public int MaxHttpBufferSize { get; set; } = 1_000_000;

    /// <summary>Gets or sets the maximum number of binary attachments of a packet from a client. Default: 10.</summary>
    public int MaxAttachments { get; set; } = 10;

    /// <summary>Gets or sets the maximum number of namespaces that a client is in at the same time. Default: 100.</summary>
    public int MaxNamespacesPerClient { get; set; } = 100;

    /// <summary>
    /// Gets or sets the maximum number of asynchronous handlers and middlewares of one client that run at the same time. At this number the server stops
    /// reading from the client until one of them ends. Default: 100.
    /// </summary>
    public int MaxConcurrentEvents { get; set; } = 100;

    /// <summary>Gets or sets the maximum number of packets that wait for a client. One more ends its connection. Default: 20,000.</summary>
    public int MaxQueuedPackets { get; set; } = 20_000;

    /// <summary>Gets or sets the maximum number of bytes that wait for a client. More end its connection. Default: 16 MiB.</summary>
    public long MaxQueuedBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets the transports over which clients may connect. Default: both.</summary>
    public SocketIOTransports Transports { get; set; } = SocketIOTransports.Polling | SocketIOTransports.WebSocket;

    /// <summary>Whether a client that connected by polling may upgrade to WebSocket. Default: true.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>Whether responses to polling requests are compressed, from 1,024 bytes on and for clients that accept it. Default: true.</summary>
    public bool HttpCompression { get; set; } = true;

    /// <summary>
    /// Whether the server accepts permessage-deflate (RFC 7692) from clients that offer it. Messages of 1,024 bytes and more are then compressed, each alone.
    /// Default: true.
    /// </summary>
    public bool PerMessageDeflate { get; set; } = true;

    /// <summary>
    /// Whether the server serves the client's script under the path of the endpoint (<c>socket.io.js</c>, <c>.min.js</c>, <c>.esm.min.js</c>). Default: true.
    /// </summary>
    public bool ServeClient { get; set; } = true;

    /// <summary>Whether a namespace that was created for a pattern is removed when its last socket has left. Default: true.</summary>
    public bool CleanupEmptyChildNamespaces { get; set; } = true;

    /// <summary>
    /// Gets or sets the cookie that carries the session's id, for balancers that use it to send a client to the same instance; null for none. A cookie without
    /// a name is named <c>io</c>, as by the Node server. Default: null.
    /// </summary>
    public CookieBuilder? Cookie { get; set; }

    /// <summary>
    /// Gets or sets the check of a request before its session begins. A returned text rejects the request with the status 403, the code 4 and this message;
    /// null accepts it. Default: null, which accepts all requests.
    /// </summary>
    public Func<HttpContext, ValueTask<string?>>? AllowRequest { get; set; }

    /// <summary>
    /// Gets or sets the options of connection state recovery, with which a client that lost its connection resumes its socket and receives the missed events;
    /// null to disable it. Default: null.
    /// </summary>
    public ConnectionStateRecoveryOptions? ConnectionStateRecovery { get; set; }

    /// <summary>
    /// Gets or sets the serialization of arguments. Byte arrays and memory of bytes are sent as attachments. Default:
    /// <see cref="JsonSerializerDefaults.Web"/>, which has the naming of JavaScript.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web);
}

/// <summary>The transports of a Socket.IO server.</summary>
[Flags]
public enum SocketIOTransports
{
    /// <summary>No transport. A server needs at least one.</summary>
    None = 0,

    /// <summary>HTTP long-polling.</summary>
    Polling = 1,

    /// <summary>WebSocket.</summary>
    WebSocket = 2,
}

/// <summary>The options of connection state recovery: the time and the amount of data that a server keeps for clients that reconnect.</summary>
public sealed class ConnectionStateRecoveryOptions
{
    /// <summary>Gets or sets the maximum time between the loss of a connection and the reconnection. Default: 2 minutes.</summary>
    public TimeSpan MaxDisconnectionDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether a client that reconnects skips the middlewares. Default: false, so that they run again.</summary>
    public bool SkipMiddlewares { get; set; }

    /// <summary>
    /// Gets or sets the maximum size of the events that a namespace keeps, in bytes. The oldest events are removed first, and a client that missed a removed
    /// event begins as a new socket. Default: 16 MiB.
    /// </summary>
    public long MaxStoredBytes { get; set; } = 16 * 1024 * 1024;
}
