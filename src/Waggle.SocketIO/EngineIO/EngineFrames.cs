using Waggle.Delivery;
using Waggle.Transport.WebSockets;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// Encodes outgoing packets as WebSocket frames. The frames of a server have no mask, so all clients receive the same bytes and share one encoding.
/// </summary>
internal static class EngineFrames
{
    public static EncodedMessage Ping { get; } = Text("2"u8);

    public static EncodedMessage ProbePong { get; } = Text("3probe"u8);

    /// <summary>Encodes one packet in one frame.</summary>
    public static EncodedMessage Text(ReadOnlySpan<byte> packet)
    {
        var frame = new byte[FrameHeader.SizeFor(packet.Length) + packet.Length];
        packet.CopyTo(frame.AsSpan(FrameHeader.Write(frame, Opcode.Text, packet.Length)));
        return new EncodedMessage(frame);
    }

    /// <summary>Removes the first frame and returns its payload.</summary>
    public static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> frames, out bool isBinary)
    {
        isBinary = (frames[0] & 0x0f) == (byte)Opcode.Binary;
        var length = (int)Length(frames, out var header);
        var payload = frames.Slice(header, length);
        frames = frames[(header + length)..];
        return payload;
    }

    /// <summary>Returns the packet without a copy if the frames are one text frame; otherwise null.</summary>
    public static ReadOnlyMemory<byte>? OnlyText(ReadOnlyMemory<byte> frames)
    {
        if ((frames.Span[0] & 0x0f) != (byte)Opcode.Text) return null;
        var length = Length(frames.Span, out var header);
        return frames.Length == header + length ? frames[header..] : default(ReadOnlyMemory<byte>?);
    }

    private static long Length(ReadOnlySpan<byte> frame, out int header)
    {
        header = FrameHeader.SizeOf(frame[1]);
        return frame[1] switch
        {
            126 => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
            127 => System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(frame[2..]),
            var length => length,
        };
    }
}
