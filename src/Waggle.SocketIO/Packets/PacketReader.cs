using System.Buffers.Text;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.SocketIO.Packets;

/// <summary>
/// Parses a packet from text: <c>type [attachments-] [/namespace,] [id] [json]</c>. Pure. The JSON is checked and stays unchanged, except for halves of
/// surrogate pairs (<see cref="ForeignJson"/>).
/// </summary>
internal static class PacketReader
{
    // The digits of the largest integer that JavaScript can represent exactly.
    private const int MaxIdDigits = 16;

    // Deep enough for real data. JSON.stringify of Node fails at some thousand levels.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    /// <summary>Parses a packet.</summary>
    /// <returns>The error of the client; null if the packet is valid.</returns>
    public static string? Read(ReadOnlyMemory<byte> text, int maxAttachments, out Packet packet)
    {
        packet = default;
        var bytes = text.Span;
        if (bytes.IsEmpty || bytes[0] is < (byte)PacketType.Connect or > (byte)PacketType.BinaryAck) return "unknown packet type";
        var type = (PacketType)bytes[0];
        var at = 1;
        var attachments = 0;
        if (type is PacketType.BinaryEvent or PacketType.BinaryAck)
        {
            if (!Utf8Parser.TryParse(bytes[1..], out attachments, out var digits) || attachments < 0 || bytes[1] == '+') return "illegal attachments";
            at += digits;
            if (at >= bytes.Length || bytes[at++] != '-') return "illegal attachments";
            if (attachments > maxAttachments) return $"too many attachments (at most {maxAttachments})";
        }

        ReadOnlyMemory<byte> name = default;
        if (at < bytes.Length && bytes[at] == '/')
        {
            var comma = bytes[at..].IndexOf((byte)',');
            var end = comma < 0 ? bytes.Length : at + comma;
            if (end - at > 1) name = text[at..end];
            at = Math.Min(end + 1, bytes.Length);
        }

        long? id = null;
        var first = at;
        while (at < bytes.Length && char.IsAsciiDigit((char)bytes[at])) at++;
        if (at - first > MaxIdDigits) return "the acknowledgement id is too long";
        if (at > first && Utf8Parser.TryParse(bytes[first..at], out long given, out _)) id = given;
        var json = text[at..];
        if (!ForeignJson.IsClean(json.Span)) json = ForeignJson.MendInPlace(json.ToArray());
        packet = new Packet(type, attachments, name, id, json);
        return IsPayloadValid(packet) ? null : "invalid payload";
    }

    private static bool IsPayloadValid(in Packet packet)
    {
        if (packet.Json.IsEmpty) return packet.Type is PacketType.Connect or PacketType.Disconnect;
        try
        {
            var reader = new Utf8JsonReader(packet.Json.Span, Options);
            reader.Read();
            return packet.Type switch
            {
                PacketType.Connect => reader.TokenType == JsonTokenType.StartObject && IsWhole(ref reader),
                PacketType.Event => IsEvent(ref reader) && IsWhole(ref reader),
                PacketType.BinaryEvent => IsEvent(ref reader) && HoldsPlaceholders(ref reader, packet.Attachments),
                PacketType.Ack => reader.TokenType == JsonTokenType.StartArray && IsWhole(ref reader),
                PacketType.BinaryAck => reader.TokenType == JsonTokenType.StartArray && HoldsPlaceholders(ref reader, packet.Attachments),

                // A client may not send a connect error, and its disconnect has no payload.
                _ => false,
            };
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsEvent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read()) return false;
        return reader.TokenType == JsonTokenType.Number || (reader.TokenType == JsonTokenType.String && !ReservedEvents.Contains(ref reader));
    }

    private static bool IsWhole(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
        }

        return true;
    }

    // Each placeholder must name an attachment of the packet.
    private static bool HoldsPlaceholders(ref Utf8JsonReader reader, int attachments)
    {
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(Placeholder.Key)) continue;
            if (!reader.Read() || reader.TokenType != JsonTokenType.True) continue;
            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(Placeholder.Number)) return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var number) || number < 0 || number >= attachments)
            {
                return false;
            }
        }

        return true;
    }
}
