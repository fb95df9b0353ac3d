using Waggle.Dialects.Hosting;
using Waggle.Dialects.Http;

namespace Waggle.Dialects;

/// <summary>All that the hub has to know of a foreign dialect; it stands in <see cref="DialectTable"/>, one line each.</summary>
/// <param name="Name">For people, paths and settings: lower case with hyphens.</param>
/// <param name="CompatPort">Where its clients look for their server when nobody told them otherwise.</param>
/// <param name="Create">For one connection.</param>
public sealed record DialectEntry(string Name, int CompatPort, Func<Dialect> Create)
{
    /// <summary>Where it is found on every port of the hub.</summary>
    public string Path => $"/ws/{Name}";

    /// <summary>Where its own clients look for it; on its compatibility port.</summary>
    public string OwnPath { get; init; } = "/ws";

    /// <summary>What is told periodically while anybody listens; once, however many do.</summary>
    public IReadOnlyList<PeriodicBroadcast> Broadcasts { get; init; } = [];

    /// <summary>Its HTTP, on its port and under /dialects/NAME.</summary>
    public IReadOnlyList<DialectRoute> Routes { get; init; } = [];

    /// <summary>How its HTTP says an error.</summary>
    public Func<DialectFault, DialectReply> Fault { get; init; } = DialectReply.Of;

    /// <summary>Where several dialects share a path: whether a request is certainly for this one.</summary>
    public Func<HandshakeRequest, bool> Claims { get; init; } = _ => false;

    /// <summary>The same by the client's first words.</summary>
    public Func<ReadOnlyMemory<byte>, bool> Recognises { get; init; } = _ => false;

    /// <summary>Clients without a valid token come in as nobody, and are told so in the dialect's words.</summary>
    public bool TakesStrangers { get; init; }
}
