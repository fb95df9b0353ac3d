using System.Globalization;
using Waggle.Server.Hosting;
using Waggle.Transport;

namespace Waggle.Server;

/// <summary>How many clients a hub takes, and how much of each. 0 is no limit.</summary>
public sealed record ConnectionLimits
{
    // What the hub needs besides: its store, its log, requests that are answered at once.
    private const int OtherFiles = 512;

    // A hub for fewer is of no use: it would start and then fail its clients one by one.
    private const int Fewest = 64;
    private const int Standard = 100_000;

    /// <summary>Clients in all: WebSockets, event streams and workers that wait for work over HTTP. No more than the process may have open files.</summary>
    public int MaxConnections { get; init; } = Standard;

    /// <summary>The same from one address (IPv6: from one /64). This machine's own are not counted.</summary>
    public int MaxPerAddress { get; init; } = 2_000;

    /// <summary>
    /// Connections without a valid token, where tokens are needed, that a dialect takes (<c>/ws/cloud-agents</c>). Connections of waggle.v1 whose hello has
    /// still to come are a count of their own: this many, or an eighth of <see cref="MaxConnections"/> if that is more. Neither takes a place of clients
    /// with a token.
    /// </summary>
    public int MaxUnauthenticated { get; init; } = 16;

    /// <summary>After this time a dialect's connection without a valid token is closed. One of waggle.v1 has the time of its hello.</summary>
    public TimeSpan UnauthenticatedTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the head of a request may take, on every road in.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What one WebSocket may send. One that sends more is not read for a while.</summary>
    public InboundLimits Inbound { get; init; } = new();

    /// <summary>
    /// Whether the process may open the files that these limits need. Without a number of its own the hub takes as many connections as it can have, if that
    /// is not too few.
    /// </summary>
    /// <param name="files">How many it may; null: no limit is known.</param>
    /// <exception cref="IOException">It may not; the message has the numbers.</exception>
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

    /// <summary>Connections in all, as this process can have them.</summary>
    internal int Most
    {
        get
        {
            var asked = MaxConnections == 0 ? int.MaxValue - OtherFiles : MaxConnections;
            return FileDescriptors.Limit() is { } files ? Math.Max(1, Math.Min(asked, files - OtherFiles)) : asked;
        }
    }
}
