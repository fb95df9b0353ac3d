namespace Waggle.SocketIO.Packets;

/// <summary>A packet from a client. Its memory is that of the message, not a copy.</summary>
/// <param name="Attachments">The number of binary messages that follow the packet.</param>
/// <param name="Namespace">The name of the namespace in UTF-8; empty for the main namespace.</param>
/// <param name="Id">The id of the requested or sent acknowledgement; null if there is none.</param>
/// <param name="Json">An object or an array; empty if the packet has no payload.</param>
internal readonly record struct Packet(PacketType Type, int Attachments, ReadOnlyMemory<byte> Namespace, long? Id, ReadOnlyMemory<byte> Json)
{
    public bool IsEvent => Type is PacketType.Event or PacketType.BinaryEvent;

    public bool IsBinary => Type is PacketType.BinaryEvent or PacketType.BinaryAck;
}
