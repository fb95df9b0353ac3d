namespace Waggle.SocketIO.Packets;

/// <summary>Joins a packet and the binary messages that follow it. One client's, on one thread at a time.</summary>
internal sealed class PacketAssembler(int maxAttachments)
{
    private Packet _packet;
    private List<ReadOnlyMemory<byte>>? _attachments;
    private int _asked;

    /// <summary>The number of calls since a packet waits for its attachments; 0: none does.</summary>
    public int WaitsForAttachments() => _attachments is null ? 0 : ++_asked;

    /// <summary>A text message.</summary>
    /// <param name="packet">The packet, if it is complete. Its memory is that of the message.</param>
    /// <returns>The error of the client; null: there is none.</returns>
    public string? AddText(ReadOnlyMemory<byte> text, out Packet? packet)
    {
        packet = null;
        if (_attachments is not null) return "text where an attachment belongs";
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

    /// <summary>A binary message, which is copied.</summary>
    /// <param name="packet">The packet, if this was its last attachment.</param>
    /// <returns>The error of the client; null: there is none.</returns>
    public string? AddBinary(ReadOnlyMemory<byte> bytes, out Packet? packet, out IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        (packet, attachments) = (null, []);
        if (_attachments is not { } waiting) return "an attachment that belongs to nothing";
        waiting.Add(bytes.ToArray());
        if (waiting.Count < _packet.Attachments) return null;
        (packet, attachments) = (_packet, waiting);
        (_packet, _attachments) = (default, null);
        return null;
    }
}
