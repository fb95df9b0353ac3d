using System.Net;
using System.Net.Sockets;
using Waggle.TestKit;
using Waggle.Transport.Wires;

namespace Waggle.Transport.Tests.Wires;

/// <summary>A wire and the client at its other end, with a real connection between them.</summary>
internal sealed class Ends(Wire wire, Stream client, Socket clientSocket) : IAsyncDisposable
{
    private bool _broken;

    public Wire Wire => wire;

    public Stream Client => client;

    /// <summary>Two sockets with small buffers, so that little fills them.</summary>
    public static async Task<(Socket Server, Socket Client)> ConnectAsync()
    {
        using var listener = New();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = New();
        var accepting = listener.AcceptAsync();
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await accepting;
        (server.SendBufferSize, client.ReceiveBufferSize) = (32 * 1024, 32 * 1024);
        return (server, client);
    }

    /// <summary>The client is gone without a word.</summary>
    public void Break()
    {
        if (_broken) return;
        _broken = true;
        clientSocket.LingerState = new LingerOption(true, 0);
        clientSocket.Close();
    }

    /// <summary>Ends the client's sending.</summary>
    public void Finish() => clientSocket.Shutdown(SocketShutdown.Send);

    /// <summary>So many bytes from the client's side, or as many as come before its end.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        var got = await Eventually.Get(client.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false).AsTask(), $"{count} bytes");
        return bytes[..got];
    }

    /// <summary>Sends until the wire takes no more.</summary>
    /// <returns>The bytes that the wire took.</returns>
    public byte[] Fill()
    {
        var taken = new List<byte>();
        var dice = new Random(1);
        var block = new byte[50_000];
        while (true)
        {
            dice.NextBytes(block);
            var count = wire.TrySend(block);
            taken.AddRange(block.AsSpan(0, count));
            if (count < block.Length) return [.. taken];
            Assert.True(taken.Count < 100_000_000, "It takes without end.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        wire.Abort();
        await wire.DisposeAsync();
    }

    private static Socket New() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
