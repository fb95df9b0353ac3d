using System.Buffers;
using System.IO.Pipelines;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Waggle.Core.Access;
using Waggle.Dialects.Native;
using Waggle.Server.Api;
using Waggle.Server.Door;
using Waggle.Server.Hosting;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>
/// The short road to a WebSocket: a middleware of the connection, before HTTP, that recognises a flawless request for one and answers it itself. An idle client then costs
/// no HTTP machinery, and on plain TCP frames are written straight to the socket. Everything else, each refusal included, goes on to HTTP untouched.
/// </summary>
internal sealed class WebSocketSniffer(HubService service, Admission admission, ConnectionDelegate next)
{
    // What Kestrel takes for the headers of a request.
    private const int MaxHeadBytes = 32 * 1024;

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        var patience = new HeadPatience(connection.Transport.Input);
        service.Hub.Wheel.Set(patience, service.Options.Connections.HandshakeTimeout);
        Sniffed? found;
        await using (service.Hub.Stopping.UnsafeRegister(static p => ((HeadPatience)p!).End(), patience)) found = await SniffAsync(connection);
        service.Hub.Wheel.Clear(patience);
        if (!patience.TryStop()) await RefuseAsync(connection);
        else if (found is var (request, credential)) await RunAsync(connection, request, credential);
        else await next(connection);
        if (found is not null) service.Hub.Places.Leave(AddressOf(connection));
    }

    // Null: it is HTTP's. Else a place is taken for it.
    private async ValueTask<Sniffed?> SniffAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            var request = Read(read.Buffer, out var size);
            if (request is not null && IsOurs(request)
                && await AskAsync(connection, request) is { Ok: true } admitted
                && service.Hub.Places.TryTake(AddressOf(connection)))
            {
                input.AdvanceTo(read.Buffer.GetPosition(size));
                return new(request, admitted.Credential);
            }

            if (size != 0 || read.IsCompleted || read.IsCanceled)
            {
                input.AdvanceTo(read.Buffer.Start);
                return null;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static UpgradeRequest? Read(in ReadOnlySequence<byte> bytes, out int size) =>
        UpgradeRequest.Read(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), MaxHeadBytes, out size);

    // A query may bring a token, and a proxy may speak for its client: HTTP knows how to read either.
    private static bool IsOurs(UpgradeRequest request) => request is { Path: NativeEndpoint.Path, Query: "" } && !request.IsForwarded;

    private ValueTask<Admitted> AskAsync(ConnectionContext connection, UpgradeRequest request)
    {
        var handshake = new Handshake(request["Host"], request["Origin"], AddressOf(connection)) { Token = BearerToken.Of(request["Authorization"]) };
        return admission.AskAsync(handshake, NativeEndpoint.Rule, service.Hub.Sessions.Authenticator, connection.ConnectionClosed);
    }

    private async Task RunAsync(ConnectionContext connection, UpgradeRequest request, Credential? credential)
    {
        await using var wire = WireOf(connection);

        // HTTP said nothing to this client, so the answer leaves by the road that the frames will take.
        await wire.SendAsync(OpeningHandshake.Answer(request.Key, request.Asks(NativeDialect.Protocol) ? NativeDialect.Protocol : null));
        var tls = connection.Features.Get<ITlsHandshakeFeature>() is not null;
        await service.Hub.RunNativeAsync(wire, credential, new RoadIn(wire is SocketWire ? "socket" : "pipe", tls, wire.RemoteAddress));
    }

    // HTTP must not see this connection: its own patience would begin anew.
    private async ValueTask RefuseAsync(ConnectionContext connection)
    {
        if (service.Hub.Stopping.IsCancellationRequested || !connection.Transport.Input.TryRead(out var read)) return;
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        if (read.Buffer.IsEmpty) return;
        var seconds = service.Options.Connections.HandshakeTimeout.TotalSeconds;
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"about:blank","title":"Request Timeout","status":408,"detail":"The head of the request did not come whole within {{seconds:0.###}} s.","code":"{{ErrorStatus.RequestTimeout}}"}""");
        var answer = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 408 Request Timeout\r\nContent-Type: {Problems.ContentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(answer), connection.ConnectionClosed);
    }

    private static Wire WireOf(ConnectionContext connection)
    {
        var remote = AddressOf(connection)?.ToString() ?? "unknown";
        var isPlain = connection.Features.Get<ITlsHandshakeFeature>() is null;
        var pipes = connection.Transport;
        if (isPlain && connection.Features.Get<IConnectionSocketFeature>() is { } socket)
            return new SocketWire(socket.Socket, pipes.Input, remote, () => CompleteAsync(pipes), connection.Abort);
        return new PipeWire(pipes.Input, pipes.Output, remote, () => ValueTask.CompletedTask, connection.Abort);
    }

    private static async ValueTask CompleteAsync(IDuplexPipe pipes)
    {
        await pipes.Input.CompleteAsync();
        await pipes.Output.CompleteAsync();
    }

    private static IPAddress? AddressOf(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address;

    private readonly record struct Sniffed(UpgradeRequest Request, Credential? Credential);
}
