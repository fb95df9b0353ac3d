namespace Waggle.SocketIO.Packets;

/// <summary>Joins a packet and the binary messages that follow it, for one client. Not thread-safe.</summary>
internal sealed class PacketAssembler(int maxAttachments)
{
    private Packet _packet;
    private List<ReadOnlyMemory<byte>>? _attachments;
    private int _asked;

    /// <summary>Returns the number of calls since a packet began to wait for its attachments; 0 if no packet waits.</summary>
    public int WaitsForAttachments() => _attachments is null ? 0 : ++_asked;

    /// <summary>Adds a text message.</summary>
    /// <param name="packet">The packet, whose memory is that of the message; null if the packet is not complete.</param>
    /// <returns>The error of the client; null if there is none.</returns>
    public string? AddText(ReadOnlyMemory<byte> text, out Packet? packet)
    {
        packet = null;
        if (_attachments is not null) return "a text message in place of an attachment";
        if (PacketReader.Read(text, maxAttachments, out var read) is { } problem) return problem;
        if (!read.IsBinary || read.Attachments == 0)
        {
            packet = read;
            return null;
        }

        _packet = read with { Json = read.Json.ToArray(), Namespace = read.Namespace.ToArray() };
        (_attachments, _asked) = ([], 0);
        return null;
    }

    /// <summary>Adds a binary message, which is copied.</summary>
    /// <param name="packet">The packet, if this was its last attachment; otherwise null.</param>
    /// <returns>The error of the client; null if there is none.</returns>
    public string? AddBinary(ReadOnlyMemory<byte> bytes, out Packet? packet, out IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        (packet, attachments) = (null, []);
        if (_attachments is not { } waiting) return "an attachment without a packet";
        waiting.Add(bytes.ToArray());
        if (waiting.Count < _packet.Attachments) return null;
        (packet, attachments) = (_packet, waiting);
        (_packet, _attachments) = (default, null);
        return null;
    }
}
