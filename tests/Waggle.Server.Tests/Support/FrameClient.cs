using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Support;

/// <summary>How a WebSocket comes into the hub.</summary>
public enum Road
{
    /// <summary>The first bytes of its connection ask for it.</summary>
    First,

    /// <summary>An ordinary request was answered on the connection before.</summary>
    Second,
}

/// <summary>A client that sends bytes as a test gives them, and reads the hub's frames one by one.</summary>
internal sealed class FrameClient : IDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private readonly TcpClient _client = new();
    private readonly Stream _stream;

    private FrameClient(Uri url)
    {
        _client.Connect(IPAddress.Loopback, url.Port);
        _client.NoDelay = true;
        _stream = _client.GetStream();
        if (url.Scheme != Uri.UriSchemeHttps) return;
#pragma warning disable CA5359 // The certificate is the test's own.
        var secure = new SslStream(_stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        secure.AuthenticateAsClient("localhost");
        _stream = secure;
    }

    public static string Request(Uri url, string more = "", string path = "/ws/waggle") =>
        $"GET {path} HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n{more}\r\n";

    /// <summary>Opens a connection that has sent nothing yet.</summary>
    public static FrameClient Connect(Uri url) => new(url);

    /// <summary>A WebSocket, upgraded.</summary>
    /// <param name="behind">Sent together with the request.</param>
    public static async Task<FrameClient> OpenAsync(Uri url, Road road = Road.First, byte[]? behind = null, string path = "/ws/waggle", string more = "")
    {
        var client = new FrameClient(url);
        if (road == Road.Second)
        {
            await client.SendAsync($"GET /health/live HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await client.HeadAsync(), StringComparison.Ordinal);
            await client.BodyAsync();
        }

        await client.SendAsync([.. Encoding.ASCII.GetBytes(Request(url, more, path)), .. behind ?? []]);
        var head = await client.HeadAsync();
        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.Ordinal);
        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask().WaitAsync(Eventually.Patience);

    /// <summary>The head of an answer, with the empty line.</summary>
    public async Task<string> HeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)(await ReadAsync(1))[0]);
        return head.ToString();
    }

    /// <summary>A body in one chunk and its end.</summary>
    public async Task<string> BodyAsync()
    {
        var body = "";
        while (true)
        {
            var line = "";
            while (!line.EndsWith("\r\n", StringComparison.Ordinal)) line += (char)(await ReadAsync(1))[0];
            var size = Convert.ToInt32(line.Trim(), 16);
            body += Encoding.UTF8.GetString(await ReadAsync(size));
            await ReadAsync(2);
            if (size == 0) return body;
        }
    }

    /// <summary>The next frame: an opcode and a payload. A server's frames are whole and bear no mask.</summary>
    public async Task<(int Opcode, byte[] Payload)> FrameAsync()
    {
        var (first, payload, _) = await AnyFrameAsync();
        Assert.Equal(0x80, first & 0xf0);
        return (first & 0x0f, payload);
    }

    /// <summary>The next frame with its first byte, which bears the bits of extensions, and its payload as it was sent.</summary>
    public async Task<(int First, byte[] Payload, int Opcode)> AnyFrameAsync()
    {
        var head = await ReadAsync(2);
        long length = head[1];
        Assert.InRange(length, 0, 127);
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
        else if (length == 127) length = BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8));
        return (head[0], await ReadAsync((int)length), head[0] & 0x0f);
    }

    /// <summary>The code of the close that comes next, and then the end of the connection.</summary>
    public async Task<int> ClosedAsync()
    {
        var (opcode, payload) = await FrameAsync();
        Assert.True(opcode == 8, $"Not a close but {opcode}: {Encoding.UTF8.GetString(payload)}");
        _client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await Eventually.Get(_stream.ReadAsync(new byte[1]).AsTask(), "the end"));
        return BinaryPrimitives.ReadUInt16BigEndian(payload);
    }

    /// <summary>The end of TCP, in order: a reset throws.</summary>
    public async Task EndsInOrderAsync() => Assert.Equal(0, await Eventually.Get(_stream.ReadAsync(new byte[1]).AsTask(), "the end"));

    /// <summary>The hub ends the connection without a word.</summary>
    public async Task EndedAsync()
    {
        try
        {
            Assert.Equal(0, await Eventually.Get(_stream.ReadAsync(new byte[1]).AsTask(), "the end"));
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }

    /// <summary>Gone without a word.</summary>
    public void Reset()
    {
        _client.Client.LingerState = new LingerOption(true, 0);
        _client.Dispose();
    }

    public void Dispose() => _client.Dispose();

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await _stream.ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }
}
