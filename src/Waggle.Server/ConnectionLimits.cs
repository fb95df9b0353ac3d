using System.Globalization;
using Waggle.Server.Hosting;
using Waggle.Transport;

namespace Waggle.Server;

/// <summary>The limits of a hub's clients and of their traffic. 0 sets no limit.</summary>
public sealed record ConnectionLimits
{
    // The other files of the hub: its store, its log, and requests that are answered at once.
    private const int OtherFiles = 512;

    // A hub with a lower limit is useless: it would start and then fail its clients one by one.
    private const int Fewest = 64;
    private const int Standard = 100_000;

    /// <summary>
    /// The greatest number of clients: WebSockets, event streams and workers that wait for work over HTTP. The process's limit of open files bounds it.
    /// </summary>
    public int MaxConnections { get; init; } = Standard;

    /// <summary>The greatest number of clients from one address (IPv6: from one /64). Addresses of this machine have no limit.</summary>
    public int MaxPerAddress { get; init; } = 2_000;

    /// <summary>
    /// The greatest number of connections without a valid token that a dialect admits where tokens are needed (<c>/ws/cloud-agents</c>). Connections of
    /// waggle.v1 that have not sent hello yet have a count of their own: this number, or an eighth of <see cref="MaxConnections"/> if that is more. Neither
    /// takes a place of clients with a token.
    /// </summary>
    public int MaxUnauthenticated { get; init; } = 16;

    /// <summary>
    /// The time after which the hub closes a dialect's connection without a valid token. A connection of waggle.v1 has the time of its hello.
    /// </summary>
    public TimeSpan UnauthenticatedTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time that a client has for the head of a request, on every endpoint.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The input limits of one WebSocket. The hub stops reading a client that exceeds them for a while.</summary>
    public InboundLimits Inbound { get; init; } = new();

    /// <summary>
    /// The number of frames or REST requests that one client may send within a minute, in each protocol: by its token's subject, or without tokens by its
    /// connection, or for REST by its address. The hub refuses further ones with the time to wait. With 0 the protocols have their own limits: claude-zen
    /// 60,000, the others none.
    /// </summary>
    public int MaxMessagesPerMinute { get; init; }

    /// <summary>
    /// Checks whether the process may open the files that these limits need. Without a configured number the hub accepts as many connections as it can have,
    /// unless that is too few.
    /// </summary>
    /// <param name="files">The limit of open files; null if none is known.</param>
    /// <exception cref="IOException">The process may not open enough files; the message has the numbers.</exception>
    internal void RequireFiles(int? files)
    {
        var asked = MaxConnections is 0 or Standard ? Fewest : MaxConnections;
        if (files is null || asked > int.MaxValue - OtherFiles || files >= asked + OtherFiles) return;
        var needed = asked + OtherFiles;
        throw new IOException(string.Create(
            CultureInfo.InvariantCulture,
            $"This process may have {files} files open, and the hub needs {needed}: {OtherFiles} for itself and one for each of {asked} clients. Raise the "
                + $"limit (ulimit -n {needed}, or LimitNOFILE={needed} in a systemd "
                    + $"unit){(files > OtherFiles + Fewest ? $", or allow at most {files - OtherFiles} connections (--max-connections)" : "")}."));
    }

    /// <summary>The greatest number of connections that this process can have.</summary>
    internal int Most
    {
        get
        {
            var asked = MaxConnections == 0 ? int.MaxValue - OtherFiles : MaxConnections;
            return FileDescriptors.Limit() is { } files ? Math.Max(1, Math.Min(asked, files - OtherFiles)) : asked;
        }
    }
}
