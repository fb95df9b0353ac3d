using Waggle.Delivery;
using Waggle.SocketIO.Events;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

public sealed partial class SocketNamespace
{
    /// <summary>Puts an event into the outboxes of all that it is for. One lock for all: everybody gets the events of a namespace in the same order.</summary>
    internal void Emit(BroadcastOperator to, EventWriter content, AckWait? wait)
    {
        lock (_gate)
        {
            if (_recovery is null || wait is not null)
            {
                Emit(to, PacketFrames.Write(PacketType.Event, NameUtf8, wait?.Id, content), wait, kept: false);
                return;
            }

            // The client takes whatever string ends an event for where it is, so those that are not kept say it, too.
            var kept = !to.IsVolatile;
            var packet = PacketFrames.Write(PacketType.Event, NameUtf8, null, content, kept ? _recovery.Next : _recovery.Now);
            if (kept)
            {
                _recovery.Add(packet, to);
                SweepLater();
            }

            Emit(to, packet, null, kept);
        }
    }

    internal IReadOnlyList<Socket> Meant(BroadcastOperator to)
    {
        var meant = new List<Socket>();
        lock (_gate) _rooms.Visit(to, meant, static (socket, all) => all.Add(socket));
        return meant;
    }

    private void Emit(BroadcastOperator to, EncodedMessage packet, AckWait? wait, bool kept)
    {
        if (wait is not null)
        {
            // Who answers at once is expected already.
            foreach (var socket in Meant(to)) wait.Expect(socket);
        }

        var sending = new Sending(packet, to.IsVolatile, kept ? _recovery!.Last : 0);
        _rooms.Visit(to, sending, static (socket, sending) =>
        {
            if (sending.Kept > 0) socket.LastSentOffset = sending.Kept;
            if (sending.IsVolatile) socket.SendVolatile(sending.Packet);
            else socket.Send(sending.Packet);
        });
    }

    private sealed record Sending(EncodedMessage Packet, bool IsVolatile, long Kept);
}
