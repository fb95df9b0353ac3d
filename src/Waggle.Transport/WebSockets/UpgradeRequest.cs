using System.Text;
using Waggle.Transport.Wires;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// A request for a WebSocket, read from the first bytes of a connection. The parser recognises flawless requests only; the HTTP server handles and refuses all
/// others.
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

    /// <summary>The query with its question mark; empty if there is none.</summary>
    public string Query { get; }

    public string Key => this["Sec-WebSocket-Key"]!;

    /// <summary>The value of a header; null if it is absent. Each header occurs at most once.</summary>
    public string? this[string header] => _headers.GetValueOrDefault(header);

    public IEnumerable<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Whether a proxy names the client on whose behalf it sends the request.</summary>
    public bool IsForwarded =>
        _headers.Keys.Any(h => h.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || h.Equals("Forwarded", StringComparison.OrdinalIgnoreCase));

    public bool Asks(string subprotocol) => HasToken("Sec-WebSocket-Protocol", subprotocol, StringComparison.Ordinal);

    /// <summary>
    /// Accepts a request that HTTP has not seen. The response goes over the same wire as the later frames. Returns false if the client is gone.
    /// </summary>
    /// <param name="subprotocol">The subprotocol that the server selects, if the request asks for one.</param>
    /// <param name="compression">Whether the server accepts permessage-deflate, if the request offers it.</param>
    public bool TryAnswer(Wire wire, string? subprotocol, bool compression)
    {
        ArgumentNullException.ThrowIfNull(wire);
        var extension = compression ? DeflateOffer.Accept(this[DeflateOffer.Header]) : null;
        wire.Deflates = extension is not null;
        var answer = OpeningHandshake.Answer(Key, subprotocol is not null && Asks(subprotocol) ? subprotocol : null, extension);
        try
        {
            // These are the first bytes of a connection, so there is room for them.
            return wire.TrySend(answer) == answer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Parses a request and sets <paramref name="size"/> to its size in bytes. Null with 0 means that more bytes are needed. Null with -1 means that the bytes
    /// are no such request.
    /// </summary>
    /// <param name="bytes">The bytes from the beginning of the connection.</param>
    /// <param name="maxBytes">The greatest size of a complete head that the parser recognises.</param>
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

        // The HTTP server judges a head with bytes outside printable ASCII.
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
