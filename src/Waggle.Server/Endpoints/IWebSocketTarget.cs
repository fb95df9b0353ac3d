using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>The endpoint that a WebSocket on the fast path belongs to.</summary>
internal interface IWebSocketTarget
{
    AdmissionRule Rule { get; }

    string? Subprotocol { get; }

    /// <summary>True if the connection limit is applied at admission, false if the endpoint applies it later.</summary>
    bool NeedsPlace { get; }

    /// <summary>By the token that a client came with, if any.</summary>
    PlaceKind KindOf(Credential? credential) =>
        Rule.TakesStrangers && credential is { Principal: null } ? PlaceKind.Unauthenticated
        : Rule.HelloBringsToken && credential is null ? PlaceKind.AwaitingHello
        : PlaceKind.Client;

    /// <summary>One client, to its end.</summary>
    /// <param name="place">Its place, where <see cref="NeedsPlace"/>.</param>
    Task RunAsync(Hub hub, Wire wire, Place? place, Credential? credential, HandshakeRequest handshake, Ingress road);
}
