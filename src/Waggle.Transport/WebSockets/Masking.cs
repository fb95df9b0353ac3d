using System.Numerics;
using System.Runtime.InteropServices;

namespace Waggle.Transport.WebSockets;

/// <summary>Masks and unmasks payloads (RFC 6455 5.3). The two operations are the same.</summary>
public static class Masking
{
    /// <summary>Copies bytes and removes (or applies) the mask.</summary>
    /// <param name="mask">The mask in memory order, rotated so that its first byte belongs to the first byte here.</param>
    public static void Copy(ReadOnlySpan<byte> from, Span<byte> to, uint mask)
    {
        if (mask == 0)
        {
            from.CopyTo(to);
            return;
        }

        var at = 0;
        if (Vector.IsHardwareAccelerated && from.Length >= Vector<byte>.Count)
        {
            var key = Vector.AsVectorByte(new Vector<uint>(mask));
            for (; at <= from.Length - Vector<byte>.Count; at += Vector<byte>.Count) (new Vector<byte>(from[at..]) ^ key).CopyTo(to[at..]);
        }

        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in mask));
        for (; at < from.Length; at++) to[at] = (byte)(from[at] ^ bytes[at & 3]);
    }

    /// <summary>Returns the mask for the data after this many bytes.</summary>
    public static uint Turn(uint mask, int bytes) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, 8 * (bytes & 3)) : BitOperations.RotateLeft(mask, 8 * (bytes & 3));
}
