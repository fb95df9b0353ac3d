using System.Buffers;
using System.IO.Compression;

namespace Waggle.Transport.WebSockets;

/// <summary>The result of a decompression.</summary>
internal enum Inflated
{
    Complete,
    TooBig,
    Invalid,
}

/// <summary>Decompresses messages of permessage-deflate (RFC 7692 7.2.2). Pure; each call has its own window.</summary>
internal static class MessageInflater
{
    private const int FirstBuffer = 4096;

    // The end that the sender removed, and an empty final block, after which the decompressor knows that the data is complete.
    private static readonly byte[] End = [0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff];

    /// <summary>Decompresses one message.</summary>
    /// <param name="compressed">The payloads of the message's frames, joined and unmasked, with room for <see cref="EndLength"/> bytes behind them.</param>
    /// <param name="length">The length of the payloads.</param>
    /// <param name="most">The greatest size of the decompressed message in bytes.</param>
    /// <param name="buffer">A buffer of the shared pool with the message, which the caller returns. Null unless the result is <see cref="Inflated.Complete"/>.
    /// </param>
    /// <param name="size">The size of the message in bytes.</param>
    public static Inflated Inflate(byte[] compressed, int length, int most, out byte[]? buffer, out int size)
    {
        End.CopyTo(compressed.AsSpan(length));
        using var input = new MemoryStream(compressed, 0, length + End.Length, writable: false);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        var output = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBuffer, most + 1));
        (buffer, size) = (null, 0);
        try
        {
            while (true)
            {
                if (size == output.Length) output = Grow(output, size);
                var read = inflate.Read(output.AsSpan(size, Math.Min(output.Length, most + 1) - size));
                if (read == 0) break;
                size += read;

                // The limit holds after decompression, and no more than one byte over it is ever produced.
                if (size > most) return Inflated.TooBig;
            }

            (buffer, output) = (output, null!);
            return Inflated.Complete;
        }
        catch (InvalidDataException)
        {
            return Inflated.Invalid;
        }
        finally
        {
            if (output is not null) ArrayPool<byte>.Shared.Return(output);
        }
    }

    /// <summary>The number of bytes that <see cref="Inflate"/> writes behind the compressed data.</summary>
    public static int EndLength => End.Length;

    private static byte[] Grow(byte[] output, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size * 2);
        output.AsSpan(0, size).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(output);
        return larger;
    }
}
