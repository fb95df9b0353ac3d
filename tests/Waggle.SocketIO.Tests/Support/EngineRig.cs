using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.SocketIO.EngineIO;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>An Engine.IO server with one session, under a clock of the test and without a network.</summary>
internal sealed class EngineRig : IAsyncDisposable
{
    private readonly Pipe _toServer = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));

    public EngineRig(Action<SocketIOOptions>? configure = null)
    {
        configure?.Invoke(Options);
        Server = new EngineServer(Options, Time, NullLogger.Instance, _ => Client);
        Session = Server.Begin(new ClientRequest(new DefaultHttpContext()))!;
        Wire = new PipeWire(_toServer.Reader, _toClient.Writer, "pipe", () => default, () => _toServer.Reader.CancelPendingRead());
    }

    public SocketIOOptions Options { get; } = new();

    public FakeTime Time { get; } = new();

    public EngineServer Server { get; }

    public EngineSession Session { get; }

    public RecordingClient Client { get; } = new();

    public Wire Wire { get; }

    /// <summary>The session is known by its id.</summary>
    public bool IsKnown => Server.Find(Session.Id) is not null;

    /// <summary>The client sends a frame.</summary>
    public async Task SendAsync(string payload, Opcode opcode = Opcode.Text)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        var frame = new byte[FrameHeader.SizeFor(bytes.Length) + 4 + bytes.Length];
        var header = FrameHeader.Write(frame, opcode, bytes.Length);

        // A mask of zeros changes nothing.
        frame[1] |= 0x80;
        bytes.CopyTo(frame.AsSpan(header + 4));
        await _toServer.Writer.WriteAsync(frame);
    }

    /// <summary>The client sends bytes as they are.</summary>
    public async Task SendRawAsync(params byte[] bytes) => await _toServer.Writer.WriteAsync(bytes);

    /// <summary>The client's end of TCP.</summary>
    public void EndSending() => _toServer.Writer.Complete();

    /// <summary>The next frame that the client receives: its opcode and payload.</summary>
    public async Task<(Opcode Opcode, byte[] Payload)> FrameAsync()
    {
        while (true)
        {
            var read = await Eventually.Get(_toClient.Reader.ReadAsync().AsTask(), "a frame");
            var bytes = read.Buffer.ToArray();
            if (bytes.Length >= 2 && FrameHeader.SizeOf(bytes[1]) <= bytes.Length)
            {
                ReadOnlySpan<byte> rest = bytes;
                var opcode = (Opcode)(bytes[0] & 0x0f);
                var payload = EngineFrames.Next(ref rest, out _).ToArray();
                _toClient.Reader.AdvanceTo(read.Buffer.GetPosition(bytes.Length - rest.Length));
                return (opcode, payload);
            }

            _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            Assert.False(read.IsCompleted, "The server ended the connection.");
        }
    }

    /// <summary>The next text that the client receives.</summary>
    public async Task<string> TextAsync()
    {
        var (opcode, payload) = await FrameAsync();
        Assert.Equal(Opcode.Text, opcode);
        return Encoding.UTF8.GetString(payload);
    }

    /// <summary>The code of the close that the client receives next.</summary>
    public async Task<int> CloseCodeAsync()
    {
        var (opcode, payload) = await FrameAsync();
        Assert.Equal(Opcode.Close, opcode);
        return (payload[0] << 8) | payload[1];
    }

    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        Server.Dispose();
    }
}
