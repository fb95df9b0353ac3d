using System.Text;
using Waggle.TestKit;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

public class UpgradeRequestTests
{
    private const int MaxHead = 32 * 1024;

    private const string Flawless =
        "GET /ws/waggle?token=a HTTP/1.1\r\nHost: localhost:3000\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat, waggle.v1\r\nOrigin: http://localhost\r\n\r\n";

    [Fact]
    public void A_flawless_request_is_taken_as_soon_as_it_is_whole()
    {
        var bytes = Encoding.ASCII.GetBytes(Flawless + "\u0081\u0085 and more");
        for (var length = 0; length < Flawless.Length; length++)
        {
            Assert.Null(UpgradeRequest.Read(bytes.AsSpan(0, length), MaxHead, out var size));
            Assert.Equal(0, size);
        }

        for (var length = Flawless.Length; length <= bytes.Length; length++)
        {
            var request = UpgradeRequest.Read(bytes.AsSpan(0, length), MaxHead, out var size);
            Assert.Equal(Flawless.Length, size);
            Assert.Equal(("/ws/waggle", "?token=a", "dGhlIHNhbXBsZSBub25jZQ=="), (request!.Path, request.Query, request.Key));
            Assert.Equal(("localhost:3000", "http://localhost", null), (request["host"], request["ORIGIN"], request["Cookie"]));
            Assert.True(request.Asks("waggle.v1") && request.Asks("chat") && !request.Asks("waggle") && !request.Asks("WAGGLE.V1"));
        }
    }

    [Theory]
    [InlineData("Upgrade: websocket", "upgrade: WebSocket")]
    [InlineData("keep-alive, Upgrade", "upgrade")]
    [InlineData("keep-alive, Upgrade", "Upgrade,keep-alive")]
    [InlineData("?token=a", "")]
    [InlineData("Origin: http://localhost\r\n", "")]
    [InlineData("Origin: ", "Origin:")]
    [InlineData("Origin: ", "X-Empty:\r\nOrigin:    ")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c, websocket")]
    public void What_is_said_otherwise_and_as_well_is_taken(string said, string otherwise) => Assert.NotNull(Read(Replace(said, otherwise)).Request);

    [Theory]
    [InlineData("GET ", "POST ")]
    [InlineData("GET ", "get ")]
    [InlineData("GET ", " GET ")]
    [InlineData("GET ", "\r\nGET ")]
    [InlineData("GET /ws", "GET  /ws")]
    [InlineData("GET /ws/waggle?token=a", "GET http://localhost/ws/waggle")]
    [InlineData("GET /ws", "GET *")]
    [InlineData("/ws/waggle", "/ws/wagg%6Ce")]
    [InlineData("/ws/waggle", "/ws\\waggle")]
    [InlineData("/ws/waggle", "/ws/waggle#")]
    [InlineData("/ws/waggle", "/ws/wäggle")]
    [InlineData("HTTP/1.1", "HTTP/1.0")]
    [InlineData("HTTP/1.1", "HTTP/2")]
    [InlineData(" HTTP/1.1", "")]
    [InlineData("Upgrade: websocket\r\n", "")]
    [InlineData("Upgrade: websocket", "Upgrade: websockets")]
    [InlineData("keep-alive, Upgrade", "keep-alive")]
    [InlineData("Connection: keep-alive, Upgrade\r\n", "")]
    [InlineData("Version: 13", "Version: 8")]
    [InlineData("Version: 13", "Version: 13, 8")]
    [InlineData("Version: 13", "Version: 013")]
    [InlineData("Sec-WebSocket-Version: 13\r\n", "")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "")]
    [InlineData("Host: localhost:3000\r\n", "")]
    [InlineData("localhost:3000", "")]
    [InlineData("Origin: ", "Host: evil.example\r\nOrigin: ")]
    [InlineData("Origin: ", "Content-Length: 0\r\nOrigin: ")]
    [InlineData("Origin: ", "Transfer-Encoding: chunked\r\nOrigin: ")]
    [InlineData("Origin: ", "Origin : ")]
    [InlineData("Origin: ", " folded\r\nOrigin: ")]
    [InlineData("Origin: ", "nothing\r\nOrigin: ")]
    [InlineData("Origin: ", ": nameless\r\nOrigin: ")]
    [InlineData("Origin: ", "Origin:\t")]
    [InlineData("Origin: ", "Origin: \0")]
    [InlineData("Origin: ", "X: \u007f\r\nOrigin: ")]
    [InlineData("Origin: ", "X: é\r\nOrigin: ")]
    [InlineData("Origin: ", "X: bare\nOrigin: ")]
    [InlineData("Origin: ", "X: bare\rOrigin: ")]
    public void Each_flaw_is_left_to_HTTP(string said, string flaw) => Assert.Equal((null, -1), Read(Replace(said, flaw)));

    [Fact]
    public void What_is_no_GET_is_left_to_HTTP_at_its_first_bytes()
    {
        foreach (var first in new[] { "P", "GETX", "GET h", "PRI * HTTP/2.0", "\u0016\u0003\u0001" })
            Assert.Equal((null, -1), Read(Encoding.Latin1.GetBytes(first)));
    }

    [Fact]
    public void A_head_may_be_long_but_not_without_end()
    {
        var fits = Replace("Origin: ", $"X: {new string('x', 30_000)}\r\nOrigin: ");
        Assert.NotNull(Read(fits).Request);
        var over = Replace("Origin: ", $"X: {new string('x', 40_000)}\r\nOrigin: ");
        Assert.Equal((null, -1), Read(over));
        Assert.Equal((null, 0), Read(over[..(MaxHead - 1)]));
        Assert.Equal((null, -1), Read(over[..MaxHead]));
    }

    [Fact]
    public void Rubbish_is_never_more_than_not_ours() => Gen.ForAll(1000, gen =>
    {
        var bytes = Encoding.ASCII.GetBytes(Flawless);
        for (var changes = gen.Int(1, 5); changes > 0; changes--) bytes[gen.Int(0, bytes.Length - 1)] = (byte)gen.Int(0, 255);
        var request = UpgradeRequest.Read(bytes, MaxHead, out var size);
        Assert.True(request is null ? size is 0 or -1 : size == bytes.Length);
    });

    private static (UpgradeRequest? Request, int Size) Read(byte[] bytes) => (UpgradeRequest.Read(bytes, MaxHead, out var size), size);

    private static byte[] Replace(string said, string otherwise)
    {
        Assert.Contains(said, Flawless, StringComparison.Ordinal);
        var at = Flawless.IndexOf(said, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(string.Concat(Flawless.AsSpan(0, at), otherwise, Flawless.AsSpan(at + said.Length)));
    }
}
