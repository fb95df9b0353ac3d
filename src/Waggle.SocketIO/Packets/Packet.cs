namespace Waggle.SocketIO.Packets;

/// <summary>A packet as it was read. Nothing of it was copied.</summary>
/// <param name="Attachments">Binary messages that follow it.</param>
/// <param name="Namespace">Empty: the main one.</param>
/// <param name="Id">Of the acknowledgement that is asked for or given.</param>
/// <param name="Json">An object, an array, or nothing.</param>
internal readonly record struct Packet(PacketType Type, int Attachments, ReadOnlyMemory<byte> Namespace, long? Id, ReadOnlyMemory<byte> Json)
{
    public bool IsEvent => Type is PacketType.Event or PacketType.BinaryEvent;

    public bool IsBinary => Type is PacketType.BinaryEvent or PacketType.BinaryAck;
}
