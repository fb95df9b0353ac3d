using System.Text;
using Waggle.Delivery;
using Waggle.SocketIO.EngineIO;
using Waggle.Transport.WebSockets;

namespace Waggle.SocketIO.Packets;

/// <summary>
/// Encodes packets as WebSocket frames. The frames of a packet and of its attachments are one message, so no other packet is sent between them. A message is
/// encoded once and shared by all its recipients.
/// </summary>
internal static class PacketFrames
{
    private const int MaxPrefix = 64;

    /// <summary>Encodes a packet with arguments.</summary>
    /// <param name="name">The name of the namespace in UTF-8.</param>
    /// <param name="id">The id of the requested or sent acknowledgement; null if there is none.</param>
    /// <param name="offset">The additional last argument for connection state recovery; empty for none.</param>
    public static EncodedMessage Write(PacketType type, byte[] name, long? id, EventWriter content, ReadOnlySpan<byte> offset = default)
    {
        var attachments = content.Attachments;
        var isBinary = attachments.Count > 0;
        Span<byte> prefix = name.Length <= 256 ? stackalloc byte[MaxPrefix + 256] : new byte[MaxPrefix + name.Length];
        prefix = prefix[..WritePrefix(
            prefix, isBinary ? type == PacketType.Event ? PacketType.BinaryEvent : PacketType.BinaryAck : type, attachments.Count, name, id)];
        var open = content.Open;
        var length = prefix.Length + open.Length + (offset.IsEmpty ? 0 : offset.Length + 3) + 1;
        var total = FrameHeader.SizeFor(length) + length;
        foreach (var attachment in attachments) total += FrameHeader.SizeFor(attachment.Length) + attachment.Length;

        var frames = new byte[total];
        var at = FrameHeader.Write(frames, Opcode.Text, length);
        Add(frames, ref at, prefix);
        Add(frames, ref at, open);
        if (!offset.IsEmpty)
        {
            Add(frames, ref at, ",\""u8);
            Add(frames, ref at, offset);
            Add(frames, ref at, "\""u8);
        }

        Add(frames, ref at, "]"u8);
        foreach (var attachment in attachments)
        {
            at += FrameHeader.Write(frames.AsSpan(at), Opcode.Binary, attachment.Length);
            Add(frames, ref at, attachment.Span);
        }

        return new EncodedMessage(frames);
    }

    /// <summary>Encodes a packet without arguments.</summary>
    public static EncodedMessage Write(PacketType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        var packet = new byte[MaxPrefix + name.Length + json.Length];
        var at = WritePrefix(packet, type, 0, name, null);
        Add(packet, ref at, json);
        return EngineFrames.Text(packet.AsSpan(0, at));
    }

    private static int WritePrefix(Span<byte> to, PacketType type, int attachments, ReadOnlySpan<byte> name, long? id)
    {
        to[0] = EnginePacketType.Message;
        to[1] = (byte)type;
        var at = 2;
        if (attachments > 0)
        {
            at += Encoding.UTF8.GetBytes($"{attachments}-", to[at..]);
        }

        if (name.Length > 1)
        {
            name.CopyTo(to[at..]);
            at += name.Length;
            to[at++] = (byte)',';
        }

        if (id is { } number)
        {
            System.Buffers.Text.Utf8Formatter.TryFormat(number, to[at..], out var digits);
            at += digits;
        }

        return at;
    }

    private static void Add(byte[] to, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to.AsSpan(at));
        at += bytes.Length;
    }
}
