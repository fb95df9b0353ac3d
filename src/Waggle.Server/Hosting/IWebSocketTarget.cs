using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Server.AccessControl;
using Waggle.Transport.Wires;

namespace Waggle.Server.Hosting;

/// <summary>The endpoint of a WebSocket on the fast path.</summary>
internal interface IWebSocketTarget
{
    AdmissionRule Rule { get; }

    /// <summary>Chooses one of the subprotocols that the client offers; null for none.</summary>
    string? Choose(Func<string, bool> offers) => null;

    /// <summary>True if the connection limit is applied at admission, false if the endpoint applies it later.</summary>
    bool NeedsPlace { get; }

    /// <summary>Returns the kind of place for a client by the token that it sent, if any.</summary>
    PlaceKind KindOf(Credential? credential) =>
        Rule.TakesStrangers && credential is { Principal: null } ? PlaceKind.Unauthenticated
        : Rule.HelloBringsToken && credential is null ? PlaceKind.AwaitingHello
        : PlaceKind.Client;

    /// <summary>Serves one client to its end.</summary>
    /// <param name="place">The client's place, if <see cref="NeedsPlace"/> is true.</param>
    Task RunAsync(SessionRunner sessions, Wire wire, Place? place, Credential? credential, HandshakeRequest handshake, Ingress road);
}
