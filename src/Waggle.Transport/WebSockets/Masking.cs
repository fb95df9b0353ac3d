using System.Numerics;
using System.Runtime.InteropServices;

namespace Waggle.Transport.WebSockets;

/// <summary>RFC 6455 5.3. Masking and unmasking are the same.</summary>
public static class Masking
{
    /// <summary>Copies with the mask taken off (or put on).</summary>
    /// <param name="mask">As it lies in memory, turned so that its first byte belongs to the first byte here.</param>
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

    /// <summary>The mask for what follows after so many bytes.</summary>
    public static uint Turn(uint mask, int bytes) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, 8 * (bytes & 3)) : BitOperations.RotateLeft(mask, 8 * (bytes & 3));
}
