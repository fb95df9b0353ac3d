using System.Text;
using Waggle.Transport.Wires;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// A request for a WebSocket, read from the first bytes of a connection. Only what is flawless is recognised; everything else is left to the HTTP server,
/// which knows how to refuse it.
/// </summary>
public sealed class UpgradeRequest
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private UpgradeRequest(string path, string query)
    {
        Path = path;
        Query = query;
    }

    public string Path { get; }

    /// <summary>With its question mark; empty if there is none.</summary>
    public string Query { get; }

    public string Key => this["Sec-WebSocket-Key"]!;

    /// <summary>A header's value; null if it is not there. Each is there at most once.</summary>
    public string? this[string header] => _headers.GetValueOrDefault(header);

    public IEnumerable<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Whether a proxy says on whose behalf it asks.</summary>
    public bool IsForwarded =>
        _headers.Keys.Any(h => h.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || h.Equals("Forwarded", StringComparison.OrdinalIgnoreCase));

    public bool Asks(string subprotocol) => HasToken("Sec-WebSocket-Protocol", subprotocol, StringComparison.Ordinal);

    /// <summary>
    /// Says yes to a request that HTTP has not seen: the answer leaves by the road that the frames will take. False: nobody is there to hear it.
    /// </summary>
    /// <param name="subprotocol">What is spoken, if the request asks for it.</param>
    public bool TryAnswer(Wire wire, string? subprotocol)
    {
        ArgumentNullException.ThrowIfNull(wire);
        var answer = OpeningHandshake.Answer(Key, subprotocol is not null && Asks(subprotocol) ? subprotocol : null);
        try
        {
            // The first bytes of a connection: there is room for them.
            return wire.TrySend(answer) == answer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Null with <paramref name="size"/> 0: more bytes are needed. Null with -1: it is not one. Else the request, and how many bytes it has.</summary>
    /// <param name="bytes">From the beginning of the connection.</param>
    /// <param name="maxBytes">A head that is not whole within so many is none of ours.</param>
    public static UpgradeRequest? Read(ReadOnlySpan<byte> bytes, int maxBytes, out int size)
    {
        size = -1;
        if (!"GET /"u8.StartsWith(bytes[..Math.Min(5, bytes.Length)])) return null;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            if (bytes.Length < maxBytes) size = 0;
            return null;
        }

        var head = bytes[..end];

        // Whatever stands outside printable ASCII is for the HTTP server to judge.
        if (end > maxBytes || HasOdd(head)) return null;
        if (Parse(Encoding.ASCII.GetString(head)) is not { } request) return null;
        size = end + 4;
        return request;
    }

    private static bool HasOdd(ReadOnlySpan<byte> head)
    {
        for (var i = head.IndexOfAnyExceptInRange((byte)' ', (byte)'~'); i >= 0;)
        {
            if (!head[i..].StartsWith("\r\n"u8)) return true;
            var next = head[(i + 2)..].IndexOfAnyExceptInRange((byte)' ', (byte)'~');
            i = next < 0 ? next : i + 2 + next;
        }

        return false;
    }

    private static UpgradeRequest? Parse(string head)
    {
        var lines = head.Split("\r\n");
        var words = lines[0].Split(' ');
        if (words is not ["GET", var target, "HTTP/1.1"] || target.AsSpan().ContainsAny("%#\\")) return null;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var request = mark < 0 ? new UpgradeRequest(target, "") : new UpgradeRequest(target[..mark], target[mark..]);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || line[..colon].Contains(' ', StringComparison.Ordinal) || !request._headers.TryAdd(line[..colon], line[(colon + 1)..].Trim(' ')))
            {
                return null;
            }
        }

        return request.IsFlawless() ? request : null;
    }

    private bool IsFlawless() =>
        HasToken("Upgrade", "websocket", StringComparison.OrdinalIgnoreCase)
        && HasToken("Connection", "upgrade", StringComparison.OrdinalIgnoreCase)
        && this["Sec-WebSocket-Version"] == OpeningHandshake.Version
        && OpeningHandshake.IsKey(this["Sec-WebSocket-Key"])
        && this["Host"] is { Length: > 0 }
        && this["Content-Length"] is null
        && this["Transfer-Encoding"] is null;

    private bool HasToken(string header, string token, StringComparison comparison)
    {
        foreach (var part in (this[header] ?? "").Split(','))
        {
            if (part.AsSpan().Trim(' ').Equals(token, comparison)) return true;
        }

        return false;
    }
}
