using System.Buffers.Binary;
using System.IO.Compression;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// Compresses the messages in a server's frames (RFC 7692 7.2.1). One object per thread. It remembers the last messages, because a round of records goes to
/// many connections one after the other, so that a thread compresses each record once for all of them.
/// </summary>
public sealed class FrameDeflater
{
    /// <summary>The size in bytes below which a message is sent uncompressed.</summary>
    public const int LeastBytes = 1024;

    private const byte Compressed = 0x40;
    private const int EndLength = 4;
    // The payloads that a thread remembers. A round of a delivery loop is usually smaller.
    private const int RememberedBytes = 1024 * 1024;
    private const int LongestRemembered = RememberedBytes / 4;

    private const int FirstSize = 4096;

    // A thread does not keep a larger buffer after one large message.
    private const int KeptSize = 1024 * 1024;

    [ThreadStatic]
    private static FrameDeflater? Kept;

    private readonly Dictionary<int, Memo> _memos = [];
    private readonly Queue<(int Hash, int Size)> _order = new();
    private int _remembered;
    private byte[] _output = new byte[FirstSize];
    private int _length;

    /// <summary>The object of this thread. Do not hold it across an await.</summary>
    public static FrameDeflater Mine => Kept ??= new FrameDeflater();

    internal int RememberedMessages => _order.Count;

    /// <summary>
    /// Returns the frames with their messages compressed where that makes them shorter. The result is valid until the next call on this thread.
    /// </summary>
    /// <param name="frames">Complete, unmasked, final frames.</param>
    public ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> frames)
    {
        _length = 0;
        if (_output.Length > KeptSize) _output = new byte[FirstSize];
        while (!frames.IsEmpty)
        {
            var header = FrameHeader.SizeOf(frames[1]);
            var length = LengthOf(frames);
            var frame = frames[..(header + length)];
            frames = frames[frame.Length..];
            var opcode = (Opcode)(frame[0] & 0x0f);
            if (length >= LeastBytes && opcode is Opcode.Text or Opcode.Binary && Shorter(frame[header..]) is { IsEmpty: false } shorter)
                Add(opcode, shorter);
            else Add(frame);
        }

        return _output.AsSpan(0, _length);
    }

    private static int LengthOf(ReadOnlySpan<byte> frame) => frame[1] switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
        127 => (int)BinaryPrimitives.ReadInt64BigEndian(frame[2..]),
        var length => length,
    };

    // Returns the compressed payload; empty if it is not shorter.
    private ReadOnlySpan<byte> Shorter(ReadOnlySpan<byte> payload)
    {
        var hash = HashOf(payload);
        if (_memos.TryGetValue(hash, out var memo) && payload.SequenceEqual(memo.Payload)) return memo.Compressed;
        var compressed = Compress(payload);
        if (payload.Length <= LongestRemembered) Remember(hash, new Memo(payload.ToArray(), compressed));
        return compressed;
    }

    // Of two payloads with the same hash, the newer one is remembered.
    private void Remember(int hash, Memo memo)
    {
        _memos[hash] = memo;
        _order.Enqueue((hash, memo.Payload.Length));
        _remembered += memo.Payload.Length;
        while (_remembered > RememberedBytes)
        {
            var (oldest, size) = _order.Dequeue();
            _memos.Remove(oldest);
            _remembered -= size;
        }
    }

    private static int HashOf(ReadOnlySpan<byte> payload)
    {
        var hash = new HashCode();
        hash.AddBytes(payload);
        return hash.ToHashCode();
    }

    private static byte[] Compress(ReadOnlySpan<byte> payload)
    {
        using var output = new MemoryStream(payload.Length);
        using var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(payload);

        // A sync flush, whose last four bytes are not sent. The bytes that the stream writes at its end are not part of the message.
        deflate.Flush();
        var length = (int)output.Length - EndLength;
        return length < payload.Length ? output.GetBuffer()[..length] : [];
    }

    private void Add(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Room(FrameHeader.MaxWritten + payload.Length);
        var header = FrameHeader.Write(_output.AsSpan(_length), opcode, payload.Length);
        _output[_length] |= Compressed;
        payload.CopyTo(_output.AsSpan(_length + header));
        _length += header + payload.Length;
    }

    private void Add(ReadOnlySpan<byte> frame)
    {
        Room(frame.Length);
        frame.CopyTo(_output.AsSpan(_length));
        _length += frame.Length;
    }

    private void Room(int count)
    {
        if (_output.Length - _length < count) Array.Resize(ref _output, Math.Max(_output.Length * 2, _length + count));
    }

    private readonly record struct Memo(byte[] Payload, byte[] Compressed);
}
