using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Waggle.Transport.WebSockets;

/// <summary>Reads and writes the payload of a close frame (RFC 6455 5.5.1 and 7.4).</summary>
public static class CloseFrame
{
    public const int NoCode = 1005;
    public const int ProtocolError = 1002;
    public const int InvalidPayload = 1007;
    private const int MaxReason = FrameHeader.MaxControlPayload - 2;

    /// <summary>Writes a whole frame. A reason that is too long is cut between characters.</summary>
    /// <returns>The size of the frame in bytes.</returns>
    public static int Write(Span<byte> output, int code, string reason)
    {
        Utf8.FromUtf16(reason, output.Slice(4, MaxReason), out _, out var length);
        BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)code);
        return FrameHeader.Write(output, Opcode.Close, length + 2) + 2 + length;
    }

    /// <summary>Checks a client's close. Returns the code to answer with, or 0 if the close is valid.</summary>
    public static int Parse(ReadOnlySpan<byte> payload, out int code, out string reason)
    {
        code = NoCode;
        reason = "";
        if (payload.Length == 0) return 0;
        if (payload.Length == 1) return ProtocolError;
        var given = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!MaySend(given)) return ProtocolError;
        if (!Utf8.IsValid(payload[2..])) return InvalidPayload;
        code = given;
        reason = Encoding.UTF8.GetString(payload[2..]);
        return 0;
    }

    // RFC 6455 reserves 1004; 1005, 1006 and 1015 never appear in a frame; 1012 to 1014 were registered later.
    private static bool MaySend(int code) => code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;
}
