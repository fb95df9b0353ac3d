using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Waggle.TestKit;
using Waggle.Transport.Wires;

namespace Waggle.Transport.Tests.Wires;

public class SocketWireTests : WireSuite
{
    private protected override async Task<Ends> OpenAsync()
    {
        var (server, client) = await Ends.ConnectAsync();
        var input = PipeReader.Create(new NetworkStream(server));
        return new(new BareWire(server, input), new NetworkStream(client, ownsSocket: true), client);
    }

    private sealed class BareWire(Socket server, PipeReader input) : SocketWire(server, input, "there")
    {
        private readonly Socket _server = server;

        public override void Abort() => _server.Dispose();

        public override ValueTask DisposeAsync()
        {
            _server.Dispose();
            return default;
        }
    }
}

public class StreamWireTests : WireSuite
{
    private protected override async Task<Ends> OpenAsync()
    {
        var (server, client) = await Ends.ConnectAsync();
        return new(StreamWire.Over(new NetworkStream(server, ownsSocket: true), "there", server.Dispose), new NetworkStream(client, ownsSocket: true), client);
    }
}

/// <summary>A bounded pipe before the socket and a task between them, as the HTTP server has it.</summary>
public class PipeWireTests : WireSuite
{
    private protected override async Task<Ends> OpenAsync()
    {
        var (server, client) = await Ends.ConnectAsync();
        var stream = new NetworkStream(server, ownsSocket: true);
        var output = new Pipe(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, useSynchronizationContext: false));
        var pumping = PumpAsync(output.Reader, stream);
        return new(new PipeWire(PipeReader.Create(stream, new(leaveOpen: true)), output.Writer, "there", EndAsync, server.Dispose), new NetworkStream(client, ownsSocket: true), client);

        async ValueTask EndAsync()
        {
            await pumping;
            await stream.DisposeAsync();
        }
    }

    private static async Task PumpAsync(PipeReader from, Stream to)
    {
        try
        {
            await from.CopyToAsync(to);
            await from.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            await from.CompleteAsync(e);
        }
    }
}

public class TlsWireTests : WireSuite
{
    private protected override async Task<Ends> OpenAsync()
    {
        var (server, client) = await Ends.ConnectAsync();
        var secured = new SslStream(new NetworkStream(server, ownsSocket: true));
#pragma warning disable CA5359 // The certificate is this test's own.
        var trusting = new SslStream(new NetworkStream(client, ownsSocket: true), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await Task.WhenAll(secured.AuthenticateAsServerAsync(TestCertificate.Localhost), trusting.AuthenticateAsClientAsync("localhost"));
        return new(StreamWire.Over(secured, "there", server.Dispose), trusting, client);
    }
}
