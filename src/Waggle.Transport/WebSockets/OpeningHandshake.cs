using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Waggle.Transport.WebSockets;

/// <summary>The server's side of the opening handshake (RFC 6455 4.2).</summary>
public static class OpeningHandshake
{
    public const string Version = "13";

    private const int KeyLength = 24;
    private const int NonceLength = 16;
    private static readonly byte[] Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.ToArray();

    /// <summary>Returns whether the text is the base64 of 16 bytes (4.2.1, item 5).</summary>
    public static bool IsKey(ReadOnlySpan<char> key) =>
        key.Length == KeyLength && Base64.IsValid(key, out var length) && length == NonceLength;

    /// <summary>Returns the value of Sec-WebSocket-Accept (4.2.2, item 5.4).</summary>
    public static string Accept(string key)
    {
        Span<byte> text = stackalloc byte[KeyLength + 36];
        Encoding.ASCII.GetBytes(key, text);
        Guid.CopyTo(text[KeyLength..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The protocol requires SHA-1, and the hash protects no secret.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>Returns the whole response to an accepted request.</summary>
    /// <param name="extension">The answer to an accepted extension, see <see cref="DeflateOffer.Accept"/>; null for none.</param>
    public static byte[] Answer(string key, string? subprotocol, string? extension = null)
    {
        var chosen = subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n";
        var extended = extension is null ? "" : $"{DeflateOffer.Header}: {extension}\r\n";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {Accept(key)}\r\n{chosen}{extended}\r\n");
    }
}
