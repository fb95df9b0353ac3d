using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.Server.SocketIO;
using Waggle.SocketIO;
using Waggle.Transport.AspNetCore;
using Waggle.Transport.Timers;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>
/// The fast path to a WebSocket: a connection middleware before HTTP that recognises a flawless request for one and answers it itself. An idle client then
/// costs no HTTP machinery, and on plain TCP the hub writes frames directly to the socket. All other requests, including those to refuse, go to HTTP untouched.
/// </summary>
/// <param name="most">The greatest number of connections of any kind; the middleware aborts a further one.</param>
/// <param name="paths">The paths of the endpoint.</param>
internal sealed class WebSocketSniffer(
    SnifferParts hub, SocketIOServer socketIO, Admission admission, int most, EndpointPaths paths, ConnectionDelegate next)
{
    private enum Found
    {
        /// <summary>The client left, or the server stops, before the client sent a request.</summary>
        Nothing,
        Http,

        /// <summary>The client asked for a WebSocket of the hub. If it needs a place, one is taken for it.</summary>
        Ours,
        TooSlow,
    }

    private int _open;

    // This is the one async method that an idle client keeps in memory here. It holds nothing over a wait that is not needed after it, such as the request with
    // its headers.
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref _open) > most) connection.Abort();
        Wire? wire = null;
        Place? place = null;
        try
        {
            var (found, request, target, credential) = await SniffAsync(connection);
            if (found == Found.Ours)
            {
                // HTTP sent nothing to this client, so the answer can go over the same wire as the frames.
                if (target!.NeedsPlace) place = PlaceOf(connection, target, credential);
                wire = ConnectionWire.Of(connection);
                var subprotocol = target.Choose(request!.Asks);
                if (request.TryAnswer(wire, subprotocol, hub.Compression))
                    await target.RunAsync(hub.Sessions, wire, place, credential, HandshakeOf(request, subprotocol), RoadOf(connection, wire));
            }
            else await PassOnAsync(connection, found);
        }
        finally
        {
            place?.Dispose();
            if (wire is not null) await wire.DisposeAsync();
            Interlocked.Decrement(ref _open);
        }
    }

    private Place PlaceOf(ConnectionContext connection, IWebSocketTarget target, Credential? credential) =>
        new(hub.Connections, ConnectionWire.AddressOf(connection), target.KindOf(credential));

    private Task PassOnAsync(ConnectionContext connection, Found found) => found switch
    {
        Found.Http => ToHttpAsync(connection),
        Found.TooSlow => SlowHead.RefuseAsync(connection, hub.HandshakeTimeout),
        _ => Task.CompletedTask,
    };

    private async Task ToHttpAsync(ConnectionContext connection)
    {
        connection.Transport = new PooledPipes(connection.Transport);
        await PooledPipes.GoThere();
        await next(connection);
    }

    private async ValueTask<Sniffed> SniffAsync(ConnectionContext connection)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        var first = await FirstRequest.LookAsync(connection.Transport.Input, hub.Wheel, hub.HandshakeTimeout, stopping);
        switch (first.Found)
        {
            case FirstFound.Nothing: return default;
            case FirstFound.TooSlow: return new(Found.TooSlow);
            case FirstFound.Other: return new(Found.Http);
        }

        try
        {
            // The request is examined and not consumed, because the admission may refuse it.
            if (TargetOf(first.Request!) is not { } target || await AskAsync(connection, first.Request!, target) is not { Ok: true } admitted)
            {
                return new(Found.Http);
            }

            if (target.NeedsPlace
                && !hub.Connections.TryTake(ConnectionWire.AddressOf(connection), target.KindOf(admitted.Credential)))
            {
                return new(Found.Http);
            }

            var taken = Take(connection, first, target, admitted.Credential);
            if (admitted.Credential?.Error is not null) await CountAsync(connection, first.Request!);
            return taken;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client left before it was admitted.
            return default;
        }
    }

    private Sniffed Take(ConnectionContext connection, in FirstRequest first, IWebSocketTarget target, Credential? credential)
    {
        try
        {
            first.Take(connection.Transport.Input);
            return new(Found.Ours, first.Request, target, credential);
        }
        catch
        {
            if (target.NeedsPlace) hub.Connections.Leave(ConnectionWire.AddressOf(connection), target.KindOf(credential));
            throw;
        }
    }

    // A query may carry a token, and a proxy may send the request for its client; HTTP handles both.
    private IWebSocketTarget? TargetOf(UpgradeRequest request)
    {
        if (request.IsForwarded || hub.Prefix is not { } prefix || !paths.TryFind(request.Path, prefix, out var found, out var own)) return null;
        if (request.Query.Length == 0) return WebSocketTarget.At(request.Path[found.Length..], own, HandshakeOf(request));
        return own.Count == 0 ? SocketIOTarget.Of(socketIO, found, request) : null;
    }

    private static HandshakeRequest HandshakeOf(UpgradeRequest request, string? subprotocol = null)
    {
        var token = BearerToken.Of(request["Authorization"]);
        return token is null && subprotocol is null
            ? HandshakeRequest.Plain
            : HandshakeRequest.Plain with { Token = token, Bearer = token is not null, Subprotocol = subprotocol };
    }

    private ValueTask<Admitted> AskAsync(ConnectionContext connection, UpgradeRequest request, IWebSocketTarget target)
    {
        var handshake = new AccessControl.AdmissionRequest(
            request["Host"], request["Origin"], ConnectionWire.AddressOf(connection))
        { Token = BearerToken.Of(request["Authorization"]) };
        return admission.TryAsync(handshake, target.Rule, hub.Authenticator, connection.ConnectionClosed);
    }

    // HTTP counts the refused tokens of the requests that it gets. This one does not reach it: the dialect reports the refusal.
    private async ValueTask CountAsync(ConnectionContext connection, UpgradeRequest request) => await hub.Authenticator.AuthenticateAsync(
        BearerToken.Of(request["Authorization"]), ConnectionWire.AddressOf(connection)?.ToString() ?? "unknown", CancellationToken.None);

    private static Ingress RoadOf(ConnectionContext connection, Wire wire) =>
        new(wire is SocketWire ? "socket" : "pipe", ConnectionWire.IsTls(connection), wire.RemoteAddress);

    private readonly record struct Sniffed(Found Found, UpgradeRequest? Request = null, IWebSocketTarget? Target = null, Credential? Credential = null);
}

/// <summary>The parts of the hub that the fast path uses.</summary>
/// <param name="Compression">Whether clients that offer permessage-deflate get it.</param>
/// <param name="Prefix">The prefix of every path of the hub; null if its endpoints are not mapped.</param>
internal sealed record SnifferParts(
    ConnectionLimiter Connections, SessionRunner Sessions, IAuthenticator Authenticator, TimerWheel Wheel, TimeSpan HandshakeTimeout, bool Compression,
    string? Prefix);
