using System.Buffers.Binary;

namespace Waggle.Transport.WebSockets;

/// <summary>The header of a frame (RFC 6455 5.2), as a server writes it and as a server reads it from clients.</summary>
/// <param name="Mask">The four bytes of the mask in memory order.</param>
public readonly record struct FrameHeader(bool Final, Opcode Opcode, long Length, uint Mask)
{
    /// <summary>The length of the longest header that a server writes, without a mask.</summary>
    public const int MaxWritten = 10;

    /// <summary>The length of the longest header that a client sends.</summary>
    public const int MaxRead = 14;

    public const int MaxControlPayload = 125;

    private const int CompressedBit = 0x40;

    /// <summary>Whether the message is compressed (RFC 7692 6); only the first frame of a message says so.</summary>
    public bool IsCompressed { get; init; }

    public bool IsControl => (byte)Opcode >= 8;

    /// <summary>Returns the header size in bytes of an unmasked frame of this length.</summary>
    public static int SizeFor(int length) => length < 126 ? 2 : length <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes the header of a final, unmasked frame.</summary>
    /// <returns>The size of the header in bytes, see <see cref="SizeFor"/>.</returns>
    public static int Write(Span<byte> output, Opcode opcode, int length)
    {
        output[0] = (byte)(0x80 | (byte)opcode);
        if (length < 126)
        {
            output[1] = (byte)length;
            return 2;
        }

        if (length <= ushort.MaxValue)
        {
            output[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)length);
            return 4;
        }

        output[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(output[2..], length);
        return 10;
    }

    /// <summary>Returns the size in bytes of the header with this second byte.</summary>
    public static int SizeOf(byte second) => 2 + ((second & 0x7f) switch { 126 => 2, 127 => 8, _ => 0 }) + ((second & 0x80) == 0 ? 0 : 4);

    /// <summary>
    /// Parses a client's header. Returns the fault, or null if the header is valid by itself. Reserved bits mean extensions; the server negotiates only
    /// permessage-deflate.
    /// </summary>
    /// <param name="deflates">Whether permessage-deflate was negotiated.</param>
    public static string? Parse(ReadOnlySpan<byte> input, out FrameHeader header, bool deflates = false)
    {
        var (first, second) = (input[0], input[1]);
        var opcode = (Opcode)(first & 0x0f);
        header = default;
        var reserved = first & 0x70;
        var isCompressed = reserved == CompressedBit && deflates;
        if (reserved != 0 && !isCompressed) return "A reserved bit is set, but no extension was negotiated that uses it.";
        if (opcode is not (Opcode.Continuation or Opcode.Text or Opcode.Binary or Opcode.Close or Opcode.Ping or Opcode.Pong))
        {
            return $"{(byte)opcode:x} is not an opcode.";
        }

        if (isCompressed && opcode is not (Opcode.Text or Opcode.Binary)) return "Only the first frame of a message says that it is compressed.";
        if ((second & 0x80) == 0) return "A client's frames are masked.";
        long length = second & 0x7f;
        var at = 2;
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
            if (length < 126) return "A length is written in its shortest form.";
            at = 4;
        }
        else if (length == 127)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(input[2..]);
            if (length < 0) return "A length has 63 bits.";
            if (length <= ushort.MaxValue) return "A length is written in its shortest form.";
            at = 10;
        }

        header = new FrameHeader((first & 0x80) != 0, opcode, length, BitConverter.ToUInt32(input[at..])) { IsCompressed = isCompressed };
        if (!header.IsControl) return null;
        if (!header.Final) return "A control frame is not fragmented.";
        return length > MaxControlPayload ? $"A control frame has at most {MaxControlPayload} bytes." : null;
    }
}
