using System.Text;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

public class OpeningHandshakeTests
{
    // RFC 6455 1.3.
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    [Fact]
    public void The_example_of_the_standard_gives_its_answer() => Assert.Equal(Accept, OpeningHandshake.Accept(Key));

    [Fact]
    public void The_answer_is_whole() => Assert.Equal(
        $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {Accept}\r\nSec-WebSocket-Protocol: waggle.v1\r\n\r\n",
        Encoding.ASCII.GetString(OpeningHandshake.Answer(Key, "waggle.v1")));

    [Fact]
    public void A_subprotocol_that_was_not_asked_for_is_not_named() =>
        Assert.DoesNotContain("Protocol:", Encoding.ASCII.GetString(OpeningHandshake.Answer(Key, null)), StringComparison.Ordinal);

    [Theory]
    [InlineData(Key, true)]
    [InlineData("", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ=", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ===", false)]
    [InlineData("dGhlIHNhbXBsZSBub25j*Q==", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSEh", false)]
    [InlineData(" dGhlIHNhbXBsZSBub25jZ==", false)]
    public void A_key_is_the_base64_of_sixteen_bytes(string key, bool isKey) => Assert.Equal(isKey, OpeningHandshake.IsKey(key));
}
