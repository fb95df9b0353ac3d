namespace Waggle.SocketIO.Packets;

/// <summary>The first character of a Socket.IO packet.</summary>
internal enum PacketType : byte
{
    Connect = (byte)'0',
    Disconnect = (byte)'1',
    Event = (byte)'2',
    Ack = (byte)'3',
    ConnectError = (byte)'4',
    BinaryEvent = (byte)'5',
    BinaryAck = (byte)'6',
}
