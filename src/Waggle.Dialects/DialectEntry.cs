using Waggle.Core.Access;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Http;

namespace Waggle.Dialects;

/// <summary>The registration of a foreign dialect. <see cref="DialectTable"/> has one line for each.</summary>
/// <param name="Name">The name for people, paths and settings: lower case with hyphens.</param>
/// <param name="CompatPort">The port that its clients connect to by default.</param>
/// <param name="Create">Creates the dialect of one connection.</param>
public sealed record DialectEntry(string Name, int CompatPort, Func<Dialect> Create)
{
    /// <summary>The path of the dialect on every port of the hub.</summary>
    public string Path => $"/ws/{Name}";

    /// <summary>The path that its own clients use, on its compatibility port.</summary>
    public string OwnPath { get; init; } = "/ws";

    /// <summary>Further paths that its clients use on that port, each for WebSockets alone.</summary>
    public IReadOnlyList<string> MorePaths { get; init; } = [];

    /// <summary>Whether its clients connect to any path of its compatibility port that no other endpoint has.</summary>
    public bool AnyPath { get; init; }

    /// <summary>The WebSocket subprotocol with which a client gets the dialect in MessagePack; null if there is none.</summary>
    public string? BinarySubprotocol { get; init; }

    /// <summary>Whether a client without a token in its request may send one in its first message.</summary>
    public bool HelloBringsToken { get; init; }

    /// <summary>The periodic broadcasts. They run while at least one client is connected, once for all clients.</summary>
    public IReadOnlyList<PeriodicBroadcast> Broadcasts { get; init; } = [];

    /// <summary>The HTTP endpoints of the dialect, on its port and under /dialects/NAME.</summary>
    public IReadOnlyList<DialectRoute> Routes { get; init; } = [];

    /// <summary>Formats an error over HTTP.</summary>
    public Func<DialectFault, DialectReply> Fault { get; init; } = DialectReply.Of;

    /// <summary>Whether a request is certainly for this dialect, on a path that several dialects share.</summary>
    public Func<HandshakeRequest, bool> Claims { get; init; } = _ => false;

    /// <summary>Whether a client's first frame is certainly of this dialect, on a path that several dialects share.</summary>
    public Func<ReadOnlyMemory<byte>, bool> Recognises { get; init; } = _ => false;

    /// <summary>The frames that a client may send, unless the hub's options set a limit for all dialects; null for no limit.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>Whether the hub admits clients without a valid token and reports that in the dialect's own form.</summary>
    public bool TakesStrangers { get; init; }
}
