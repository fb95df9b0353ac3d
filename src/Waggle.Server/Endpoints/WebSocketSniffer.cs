using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Waggle.Core.Access;
using Waggle.Dialects.Native;
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

    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(30);

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        var sniffed = await SniffAsync(connection);
        if (sniffed.Request is { } request) await RunAsync(connection, request, sniffed.Credential);
        else if (sniffed.IsHttp) await next(connection);
    }

    private async ValueTask<Sniffed> SniffAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(HeadTimeout);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(patience.Token);
                var request = Read(read.Buffer, out var size);
                if (size == 0 && !read.IsCompleted)
                {
                    input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                // Looked at, not taken: whoever is asked now may say no, or not say anything in time.
                input.AdvanceTo(read.Buffer.Start);
                if (request is null || !IsOurs(request) || await AskAsync(connection, request, patience.Token) is not { Ok: true } admitted) return Sniffed.Http;
                read = await input.ReadAsync(CancellationToken.None);
                input.AdvanceTo(read.Buffer.GetPosition(size));
                return new(request, admitted.Credential, IsHttp: false);
            }
        }
        catch (OperationCanceledException)
        {
            // HTTP has deadlines of its own, and a word for who misses them. A server that stops waits for nobody's first words.
            return stopping.IsCancellationRequested ? Sniffed.Nothing : Sniffed.Http;
        }
        catch (IOException)
        {
            // It left before it had asked for anything.
            return Sniffed.Nothing;
        }
    }

    private static UpgradeRequest? Read(in ReadOnlySequence<byte> bytes, out int size) =>
        UpgradeRequest.Read(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), MaxHeadBytes, out size);

    // A query may bring a token, and a proxy may speak for its client: HTTP knows how to read either.
    private static bool IsOurs(UpgradeRequest request) => request is { Path: NativeEndpoint.Path, Query: "" } && !request.IsForwarded;

    private ValueTask<Admitted> AskAsync(ConnectionContext connection, UpgradeRequest request, CancellationToken cancel)
    {
        var handshake = new Handshake(request["Host"], request["Origin"], AddressOf(connection)) { Token = BearerToken.Of(request["Authorization"]) };
        return admission.AskAsync(handshake, NativeEndpoint.Rule, service.Hub.Sessions.Authenticator, cancel);
    }

    // Not async: the request and all its headers would stay in memory for as long as the client does.
    private Task RunAsync(ConnectionContext connection, UpgradeRequest request, Credential? credential)
    {
        var wire = WireOf(connection);

        // HTTP said nothing to this client, so the answer leaves by the road that the frames will take.
        var answer = OpeningHandshake.Answer(request.Key, request.Asks(NativeDialect.Protocol) ? NativeDialect.Protocol : null);
        return RunAsync(wire, wire.SendAsync(answer), credential);
    }

    private async Task RunAsync(Wire wire, ValueTask answered, Credential? credential)
    {
        await using (wire)
        {
            try
            {
                await answered;
            }
            catch (IOException)
            {
                // Gone before it was answered: nobody is there to be told.
                return;
            }

            await service.Hub.RunNativeAsync(wire, credential);
        }
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

    private readonly record struct Sniffed(UpgradeRequest? Request, Credential? Credential, bool IsHttp)
    {
        public static Sniffed Http => new(null, null, IsHttp: true);

        public static Sniffed Nothing => default;
    }
}
