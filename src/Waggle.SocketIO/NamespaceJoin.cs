using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Packets;
using Waggle.SocketIO.Recovery;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO;

/// <summary>One request of a client to join a namespace: its checks, the middlewares, and the connection handlers.</summary>
internal sealed class NamespaceJoin(SocketIOServer server, SocketClient client, ClientSockets sockets)
{
    /// <summary>Lets the client join, or sends it the reason why it is rejected.</summary>
    /// <param name="entered">Called when the client's socket is in the namespace, before any handler.</param>
    public async Task RunAsync(string name, RawJson auth, Action entered)
    {
        if (sockets.Count >= server.Options.MaxNamespacesPerClient)
        {
            SendError(name, "Too many namespaces", null);
            return;
        }

        if (server.Find(name, auth) is not { } ns)
        {
            SendError(name, "Invalid namespace", null);
            return;
        }

        var claim = ClaimOf(auth);
        var handshake = new Handshake(client.Request, auth, server.Time.GetUtcNow(), server.Json);
        var socket = ns.Members.Restore(client, handshake, ref claim);
        var asks = socket is null || server.Options.ConnectionStateRecovery is not { SkipMiddlewares: true };
        socket ??= ns.Members.Create(client, handshake);
        if (asks && await RefusalAsync(ns, socket) is { } refusal)
        {
            SendError(name, refusal.Message, refusal.Details);
            server.MaybeForget(ns);
            return;
        }

        // The missed events may have left the log while the middlewares ran.
        if (socket.Recovered && !TryEnter(ns, socket, claim, entered))
        {
            socket = ns.Members.Create(client, handshake);
            claim = default;
        }

        if (!socket.Recovered && !TryEnter(ns, socket, claim, entered)) return;
        Welcome(ns, socket);
    }

    private bool TryEnter(SocketNamespace ns, Socket socket, in Claim claim, Action entered)
    {
        // The client has the socket first, so that a connection that ends now also ends the socket.
        if (!sockets.TryAdd(socket)) return false;
        entered();
        if (ns.Members.Enter(socket, claim))
        {
            if (!sockets.IsClosed) return true;
            client.Leave(socket, DisconnectReasons.TransportClose, notify: false);
            ns.Members.Leave(socket, DisconnectReasons.TransportClose);
            return false;
        }

        sockets.Remove(socket);
        return false;
    }

    private void Welcome(SocketNamespace ns, Socket socket)
    {
        if (ns.WireHandler is { } run)
        {
            _ = client.Errors.WatchAsync(RunAsync(run, socket, client.Session), "connection");
            return;
        }

        foreach (var handler in ns.ConnectedHandlers)
        {
            try
            {
                if (handler(socket) is { IsCompletedSuccessfully: false } task) _ = client.Errors.WatchAsync(task, "connection");
            }
            catch (Exception e)
            {
                client.Errors.Failed("connection", e);
            }
        }
    }

    private static async Task RunAsync(Func<Socket, Wire, Task> run, Socket socket, EngineSession session)
    {
        await using var wire = socket.OpenWire();
        var isDone = false;
        try
        {
            await run(socket, wire);
            isDone = true;
        }
        finally
        {
            // Clients do not reconnect after a disconnect packet, so only a handler that ended without an error sends one.
            if (isDone && !wire.IsClosed) socket.Disconnect();
            else if (socket.Connected) session.Close(DisconnectReasons.ForcedServerClose);
        }
    }

    private async ValueTask<SocketIOException?> RefusalAsync(SocketNamespace ns, Socket socket)
    {
        try
        {
            foreach (var middleware in ns.Middlewares) await middleware(socket);
            return null;
        }
        catch (SocketIOException e)
        {
            return e;
        }
        catch (JsonException e)
        {
            client.Errors.Unreadable("middleware", e);
            return new SocketIOException(RefusalWords.Unreadable);
        }
        catch (Exception e)
        {
            client.Errors.Failed("middleware", e);
            return new SocketIOException(RefusalWords.Internal);
        }
    }

    private void SendError(string name, string message, object? details)
    {
        var error = RefusalWords.Write("message"u8, message, details, server.Json);
        client.Session.Send(PacketFrames.Write(PacketType.ConnectError, Encoding.UTF8.GetBytes(name), error.Utf8.Span));
    }

    private Claim ClaimOf(RawJson auth)
    {
        if (server.Options.ConnectionStateRecovery is null) return default;
        using var given = JsonDocument.Parse(auth.Utf8, new JsonDocumentOptions { MaxDepth = 1000 });
        return new Claim(Text(given.RootElement, "pid"), Text(given.RootElement, "offset"));
    }

    private static string? Text(JsonElement given, string name) =>
        given.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
