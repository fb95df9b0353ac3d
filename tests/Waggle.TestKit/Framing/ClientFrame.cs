using System.Buffers.Binary;

namespace Waggle.TestKit.Framing;

/// <summary>Builds a frame as a client writes it, valid or not. It shares no code with the code under test.</summary>
public static class ClientFrame
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private const uint SomeMask = 0x37fa213d;

    /// <param name="reserved">The three reserved bits, 0 to 7.</param>
    /// <param name="mask">The mask; its first byte on the wire is the highest.</param>
    public static byte[] Of(int opcode, ReadOnlySpan<byte> payload = default, bool final = true, int reserved = 0, uint mask = SomeMask)
    {
        var head = Head(opcode, payload.Length, final, reserved, mask);
        var frame = new byte[head.Length + payload.Length];
        head.CopyTo(frame, 0);
        for (var i = 0; i < payload.Length; i++) frame[head.Length + i] = (byte)(payload[i] ^ (byte)(mask >> (24 - (8 * (i % 4)))));
        return frame;
    }

    /// <summary>Builds the header before a payload; it may announce any length.</summary>
    public static byte[] Head(int opcode, long length, bool final = true, int reserved = 0, uint mask = SomeMask)
    {
        var head = new byte[14];
        head[0] = (byte)((final ? 0x80 : 0) | (reserved << 4) | opcode);
        var size = 2;
        if (length < 126)
        {
            head[1] = (byte)(0x80 | length);
        }
        else if (length < 65536)
        {
            head[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)length);
            size = 4;
        }
        else
        {
            head[1] = 0x80 | 127;
            BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), length);
            size = 10;
        }

        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(size), mask);
        return head[..(size + 4)];
    }

    public static byte[] CloseWith(int code, ReadOnlySpan<byte> reason = default)
    {
        var payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        reason.CopyTo(payload.AsSpan(2));
        return Of(Close, payload);
    }

    /// <summary>Builds one message in frames of the given size.</summary>
    public static byte[] Fragments(int opcode, byte[] payload, int size)
    {
        using var bytes = new MemoryStream();
        for (var at = 0; at < payload.Length; at += size)
        {
            var count = Math.Min(size, payload.Length - at);
            bytes.Write(Of(at == 0 ? opcode : Continuation, payload.AsSpan(at, count), final: at + count == payload.Length));
        }

        return bytes.ToArray();
    }
}
