using System.Buffers;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Protocol.Json;
using Waggle.Server.Hosting;
using Waggle.SocketIO;

namespace Waggle.Server.SocketIO;

/// <summary>A client of Socket.IO among the hub's clients.</summary>
internal sealed class SocketIOClient(Socket socket, DateTimeOffset since) : HubClient(socket.Id, "socket_io", RoadOf(socket), since)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A client that polled may have moved to a WebSocket.</summary>
    public override Ingress Road => RoadOf(socket);

    public override string? Software => socket.Handshake.Header("User-Agent").ToString() is { Length: > 0 } agent ? agent : null;

    public override ConnectionStats? Stats => socket.Client.Session.Stats;

    public override int? Subscriptions => socket.Rooms.Count;

    public Task Ended => _ended.Task;

    public void End() => _ended.TrySetResult();

    /// <summary>Clients of Socket.IO come back by themselves after a pause of their own; when they are wanted back they are told before.</summary>
    public override void Drain(TimeSpan comeBackAfter)
    {
        socket.Emit("bye", Goodbye(comeBackAfter));
        socket.Client.Session.Close(DisconnectReasons.ServerShuttingDown);
    }

    public override void Abort() => socket.Client.Session.Close(DisconnectReasons.TransportError);

    private static Ingress RoadOf(Socket socket) => new(socket.Client.Session.Road, socket.Handshake.Secure, socket.Handshake.Address);

    private static RawJson Goodbye(TimeSpan comeBackAfter)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(output, JsonText.Checked);
        writer.WriteStartObject();
        writer.WriteString("reason"u8, DialectSession.Draining);
        writer.WriteNumber("retry_after_ms"u8, (long)comeBackAfter.TotalMilliseconds);
        writer.WriteEndObject();
        writer.Flush();
        return RawJson.FromTrusted(output.WrittenSpan.ToArray());
    }
}
