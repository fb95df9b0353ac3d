using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Server.Door;
using Waggle.Server.Hosting;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>What a WebSocket on the short road is for.</summary>
internal interface IWebSocketTarget
{
    DoorRule Rule { get; }

    string? Subprotocol { get; }

    /// <summary>Whether a place is taken for it at the door, and not later.</summary>
    bool NeedsPlace { get; }

    /// <summary>Whether a client came without the valid token that others need here.</summary>
    bool IsUnauthenticated(Credential? credential) => Rule.TakesStrangers && credential is { Principal: null };

    /// <summary>One client, to its end.</summary>
    Task RunAsync(Hub hub, Wire wire, Credential? credential, Knock knock, RoadIn road);
}
