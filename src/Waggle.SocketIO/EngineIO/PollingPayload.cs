using System.Buffers;
using System.Buffers.Text;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The body of a polling request or response: packets joined by a separator, binary ones as base64. Pure.</summary>
internal static class PollingPayload
{
    public const byte Separator = 0x1e;

    /// <summary>Removes and returns the first packet, which may be empty. After the last one, <paramref name="payload"/> is null.</summary>
    public static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte>? payload)
    {
        var all = payload.GetValueOrDefault();
        var end = all.Span.IndexOf(Separator);
        payload = end < 0 ? default(ReadOnlyMemory<byte>?) : all[(end + 1)..];
        return end < 0 ? all : all[..end];
    }

    /// <summary>Decodes the part of a binary packet after its <c>b</c>; null if it is not base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> base64)
    {
        if (!Base64.IsValid(base64, out var length)) return null;
        var bytes = new byte[length];
        return Base64.DecodeFromUtf8(base64, bytes, out _, out var written) == OperationStatus.Done && written == length ? bytes : null;
    }

    /// <summary>Returns the number of packets in these frames.</summary>
    public static int Count(ReadOnlySpan<byte> frames)
    {
        var count = 0;
        for (; !frames.IsEmpty; count++) EngineFrames.Next(ref frames, out _);
        return count;
    }

    /// <summary>Adds the packets of these frames.</summary>
    public static void Add(ArrayBufferWriter<byte> payload, ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var packet = EngineFrames.Next(ref frames, out var isBinary);
            if (payload.WrittenCount > 0) payload.Write([Separator]);
            if (isBinary) AddBase64(payload, packet);
            else payload.Write(packet);
        }
    }

    /// <summary>Adds a packet of one character.</summary>
    public static void Add(ArrayBufferWriter<byte> payload, byte type)
    {
        if (payload.WrittenCount > 0) payload.Write([Separator]);
        payload.Write([type]);
    }

    private static void AddBase64(ArrayBufferWriter<byte> payload, ReadOnlySpan<byte> bytes)
    {
        var span = payload.GetSpan(1 + Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        span[0] = EnginePacketType.Base64;
        Base64.EncodeToUtf8(bytes, span[1..], out _, out var written);
        payload.Advance(1 + written);
    }
}
