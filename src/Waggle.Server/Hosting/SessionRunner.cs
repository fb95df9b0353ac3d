using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Transport.Wires;

namespace Waggle.Server.Hosting;

/// <summary>Runs the sessions of a hub: each is among the hub's clients from its start to its end, which the hub's own end waits for.</summary>
/// <param name="unauthenticatedTimeout">The time that a client without a valid token may stay.</param>
internal sealed class SessionRunner(SessionHost host, Clients clients, TimeSpan unauthenticatedTimeout)
{
    /// <summary>Runs one client to its end, over any wire.</summary>
    /// <param name="entry">The foreign dialect; null for waggle.v1 and for a path that several dialects share.</param>
    /// <param name="credential">The credential of the token; null if the hello carries the token.</param>
    public async Task RunAsync(
        Dialect dialect, DialectEntry? entry, Wire wire, Place? place, PlaceKind kind, Credential? credential, HandshakeRequest handshake, Ingress road)
    {
        var session = new DialectSession(host, dialect, wire, credential ?? new Credential(null), entry, handshake) { Place = place };
        if (kind != PlaceKind.Unauthenticated)
        {
            await RunAsync(session, road);
            return;
        }

        // Such a client receives no records that it could miss, and would keep its place without a limit.
        await using var end = host.Time.CreateTimer(
            _ =>
            {
                if (session.IsAuthenticated) return;
                session.Close(
                    CloseCodes.HelloRefused,
                    $"A connection without a valid token ends after {unauthenticatedTimeout.TotalSeconds:0} s: connect with ?token=TOKEN.");
            },
            null,
            unauthenticatedTimeout,
            Timeout.InfiniteTimeSpan);
        await RunAsync(session, road);
    }

    private Task RunAsync(DialectSession session, Ingress road) =>
        clients.RunAsync(new SessionClient(session, road, host.Time.GetUtcNow()), session.RunAsync());
}
