using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.SocketIO.Packets;
using Waggle.SocketIO.Recovery;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO;

internal sealed partial class SocketClient
{
    private async Task ConnectAsync(string name, RawJson auth)
    {
        if (Has(name))
        {
            await Refuse("a second connect to the same namespace");
            return;
        }

        if (Count() >= _server.Options.MaxNamespacesPerClient)
        {
            SendError(name, "Too many namespaces", null);
            return;
        }

        if (_server.Find(name, auth) is not { } ns)
        {
            SendError(name, "Invalid namespace", null);
            return;
        }

        var claim = ClaimOf(auth);
        var handshake = new Handshake(Request, auth, _server.Time.GetUtcNow(), _server.Json);
        var socket = ns.Restore(this, handshake, ref claim);
        var asks = socket is null || _server.Options.ConnectionStateRecovery is not { SkipMiddlewares: true };
        socket ??= ns.Create(this, handshake);
        if (asks && await RefusalAsync(ns, socket) is { } refusal)
        {
            SendError(name, refusal.Message, refusal.Details);
            _server.MaybeForget(ns);
            return;
        }

        // What it missed may have gone while the middlewares were asked.
        if (socket.Recovered && !TryEnter(ns, socket, claim))
        {
            socket = ns.Create(this, handshake);
            claim = default;
        }

        if (!socket.Recovered && !TryEnter(ns, socket, claim)) return;
        Welcome(ns, socket);
    }

    private bool TryEnter(SocketNamespace ns, Socket socket, in Claim claim)
    {
        // First here, so that a connection that ends now takes it along.
        if (!TryKeep(socket)) return false;
        StopWaiting();
        if (ns.Enter(socket, claim))
        {
            if (!_closed) return true;
            Leave(socket, DisconnectReasons.TransportClose, tell: false);
            ns.Leave(socket, DisconnectReasons.TransportClose);
            return false;
        }

        Remove(socket);
        return false;
    }

    private void Welcome(SocketNamespace ns, Socket socket)
    {
        if (ns.WireHandler is { } run)
        {
            _ = WatchAsync(RunAsync(run, socket), "connection");
            return;
        }

        foreach (var handler in ns.ConnectedHandlers)
        {
            try
            {
                if (handler(socket) is { IsCompletedSuccessfully: false } task) _ = WatchAsync(task, "connection");
            }
            catch (Exception e)
            {
                LogHandlerFailed("connection", e);
            }
        }
    }

    private static async Task RunAsync(Func<Socket, Wire, Task> run, Socket socket)
    {
        await using var wire = socket.OpenWire();
        await run(socket, wire);
        socket.Disconnect();
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
            LogUnreadable(_server.Log, "middleware", Request.Address, e.Message);
            return new SocketIOException(RefusalWords.Unreadable);
        }
        catch (Exception e)
        {
            LogHandlerFailed("middleware", e);
            return new SocketIOException(RefusalWords.Internal);
        }
    }

    private void SendError(string name, string message, object? details)
    {
        Session.Send(PacketFrames.Write(
            PacketType.ConnectError, Encoding.UTF8.GetBytes(name), RefusalWords.Write("message"u8, message, details, _server.Json).Utf8.Span));
    }

    private int Count()
    {
        lock (this) return (_main is null ? 0 : 1) + (_others?.Count ?? 0);
    }

    private Claim ClaimOf(RawJson auth)
    {
        if (_server.Options.ConnectionStateRecovery is null) return default;
        using var given = JsonDocument.Parse(auth.Utf8, new JsonDocumentOptions { MaxDepth = 1000 });
        return new Claim(Text(given.RootElement, "pid"), Text(given.RootElement, "offset"));
    }

    private static string? Text(JsonElement given, string name) =>
        given.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
