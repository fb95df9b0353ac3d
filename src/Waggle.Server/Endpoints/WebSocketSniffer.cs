using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Server.Door;
using Waggle.Server.Hosting;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>
/// The short road to a WebSocket: a middleware of the connection, before HTTP, that recognises a flawless request for one and answers it itself. An idle client then costs
/// no HTTP machinery, and on plain TCP frames are written straight to the socket. Everything else, each refusal included, goes on to HTTP untouched.
/// </summary>
/// <param name="most">Connections of any kind; one more is cut off.</param>
/// <param name="own">The dialects whose port it is.</param>
internal sealed class WebSocketSniffer(HubService service, Admission admission, int most, IReadOnlyList<DialectEntry> own, ConnectionDelegate next)
{
    // What Kestrel takes for the headers of a request.
    private const int MaxHeadBytes = 32 * 1024;

    private enum Found
    {
        /// <summary>It left, or the server stops, before anything was asked for.</summary>
        Nothing,
        Http,

        /// <summary>A WebSocket of ours; a place is taken for it.</summary>
        Ours,
        TooSlow,
    }

    private int _open;

    // The one async method that an idle client keeps in memory here: what is needed no more after a wait it does not hold, such as the request with its headers.
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref _open) > most) connection.Abort();
        Wire? wire = null;
        var isOurs = false;
        try
        {
            var (found, request, target, credential) = await SniffAsync(connection);
            isOurs = found == Found.Ours;
            if (isOurs)
            {
                // HTTP said nothing to this client, so the answer leaves by the road that the frames will take.
                wire = WireOf(connection);
                var knock = KnockOf(request!);
                if (await IsAwayAsync(wire.SendAsync(AnswerTo(request!, target!)))) await target!.RunAsync(service.Hub, wire, credential, knock, RoadOf(connection, wire));
            }
            else await PassOnAsync(connection, found);
        }
        finally
        {
            if (isOurs) service.Hub.Places.Leave(AddressOf(connection));
            if (wire is not null) await wire.DisposeAsync();
            Interlocked.Decrement(ref _open);
        }
    }

    private static byte[] AnswerTo(UpgradeRequest request, WebSocketTarget target) =>
        OpeningHandshake.Answer(request.Key, target.Subprotocol is { } protocol && request.Asks(protocol) ? protocol : null);

    private Task PassOnAsync(ConnectionContext connection, Found found) => found switch
    {
        Found.Http => ToHttpAsync(connection),
        Found.TooSlow => SlowHead.RefuseAsync(connection, service.Options.Connections.HandshakeTimeout),
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
        var patience = new HeadPatience(connection.Transport.Input);
        service.Hub.Wheel.Set(patience, service.Options.Connections.HandshakeTimeout);
        try
        {
            await using (stopping.UnsafeRegister(static p => ((HeadPatience)p!).End(), patience)) return await SniffAsync(connection, patience, stopping);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It left before it had asked for anything.
            return default;
        }
        finally
        {
            service.Hub.Wheel.Clear(patience);
        }
    }

    private async ValueTask<Sniffed> SniffAsync(ConnectionContext connection, HeadPatience patience, CancellationToken stopping)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(CancellationToken.None);
            var request = Read(read.Buffer, out var size);
            if (size == 0 && !read.IsCompleted && !read.IsCanceled)
            {
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            // Looked at, not taken: whoever is asked now may say no.
            var isSilent = read.Buffer.IsEmpty;
            input.AdvanceTo(read.Buffer.Start);
            if (!patience.TryStop()) return new(isSilent || stopping.IsCancellationRequested ? Found.Nothing : Found.TooSlow);
            if (request is null || TargetOf(request) is not { } target) return new(Found.Http);
            if (await AskAsync(connection, request, target) is not { Ok: true } admitted) return new(Found.Http);
            if (!service.Hub.Places.TryTake(AddressOf(connection))) return new(Found.Http);
            try
            {
                if (input.TryRead(out read)) input.AdvanceTo(read.Buffer.GetPosition(size));
                return new(Found.Ours, request, target, admitted.Credential);
            }
            catch
            {
                service.Hub.Places.Leave(AddressOf(connection));
                throw;
            }
        }
    }

    private static UpgradeRequest? Read(in ReadOnlySequence<byte> bytes, out int size) =>
        UpgradeRequest.Read(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), MaxHeadBytes, out size);

    // A query may bring a token, and a proxy may speak for its client: HTTP knows how to read either.
    private WebSocketTarget? TargetOf(UpgradeRequest request) =>
        request is { Query: "" } && !request.IsForwarded ? WebSocketTarget.At(request.Path, own, KnockOf(request)) : null;

    private static Knock KnockOf(UpgradeRequest request) =>
        BearerToken.Of(request["Authorization"]) is { } token ? Knock.Plain with { Token = token, Bearer = true } : Knock.Plain;

    private ValueTask<Admitted> AskAsync(ConnectionContext connection, UpgradeRequest request, WebSocketTarget target)
    {
        var handshake = new Handshake(request["Host"], request["Origin"], AddressOf(connection)) { Token = BearerToken.Of(request["Authorization"]) };
        return admission.AskAsync(handshake, target.Rule, service.Hub.Sessions.Authenticator, connection.ConnectionClosed);
    }

    private static async ValueTask<bool> IsAwayAsync(ValueTask answered)
    {
        try
        {
            await answered;
            return true;
        }
        catch (IOException)
        {
            // Gone before it was answered: nobody is there to be told.
            return false;
        }
    }

    private static Wire WireOf(ConnectionContext connection)
    {
        var remote = AddressOf(connection)?.ToString() ?? "unknown";
        if (!IsTls(connection) && connection.Features.Get<IConnectionSocketFeature>() is { } socket) return new KestrelWire(connection, socket.Socket, remote);
        var pipes = connection.Transport;
        return new PipeWire(pipes.Input, pipes.Output, remote, () => ValueTask.CompletedTask, connection.Abort);
    }

    private static RoadIn RoadOf(ConnectionContext connection, Wire wire) => new(wire is SocketWire ? "socket" : "pipe", IsTls(connection), wire.RemoteAddress);

    private static bool IsTls(ConnectionContext connection) => connection.Features.Get<ITlsHandshakeFeature>() is not null;

    private static IPAddress? AddressOf(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address;

    private readonly record struct Sniffed(Found Found, UpgradeRequest? Request = null, WebSocketTarget? Target = null, Credential? Credential = null);
}
