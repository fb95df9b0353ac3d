using Waggle.Delivery;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.EngineIO;

internal sealed partial class EngineSession
{
    private const int TooBig = 1009;

    /// <summary>A client that came by WebSocket, from its open to its end.</summary>
    /// <param name="road">See <see cref="Road"/>.</param>
    public async Task RunAsync(Wire wire, string road)
    {
        using var reader = new WebSocketReader(wire, _server.Options.MaxHttpBufferSize, _server.Wires);
        await using var connection = _server.Connect(wire);
        try
        {
            lock (_lock)
            {
                if (IsClosed) return;
                (_connection, Road) = (connection, road);
            }

            connection.QueueFrames(EngineFrames.Text(_server.Open(this, isUpgradable: false)));
            connection.Flush();
            await ReadAsync(wire, reader, connection);
        }
        finally
        {
            Close(DisconnectReasons.TransportError);
        }
    }

    private async Task ReadAsync(Wire wire, WebSocketReader reader, Connection connection)
    {
        // The one thing that an idle client waits in.
        while (await TakeAllAsync(wire, reader, connection) && await reader.WaitAsync())
        {
        }

        if (!IsClosed) Close(DisconnectReasons.TransportClose);
    }

    // Everything that was read. False: nothing more will be.
    private async ValueTask<bool> TakeAllAsync(Wire wire, WebSocketReader reader, Connection connection)
    {
        while (true)
        {
            Volatile.Write(ref _reader, Environment.CurrentManagedThreadId);
            var message = reader.TryRead();
            var end = message.Kind switch
            {
                WireMessageKind.Text => await TakeTextAsync(message.Payload),
                WireMessageKind.TooBig => TellTooBig(),
                WireMessageKind.Violation => DisconnectReasons.TransportError,
                WireMessageKind.Close => DisconnectReasons.TransportClose,
                _ => null,
            };
            switch (message.Kind)
            {
                case WireMessageKind.None:
                    Volatile.Write(ref _reader, 0);
                    connection.Flush();
                    return true;
                case WireMessageKind.Binary:
                    await TakeBinaryAsync(message.Payload);
                    break;
                case WireMessageKind.Pong:
                    (wire as HandoverWire)?.Answered(message.Payload.Span);
                    break;
                case WireMessageKind.Ping:
                    connection.SendFrame(Pong(message.Payload.Span));
                    break;
            }

            if (end is null && !IsClosed) continue;
            Volatile.Write(ref _reader, 0);
            if (end is not null) End(end, message.Kind == WireMessageKind.Violation ? message.Code : NormalClosure);
            if (message.Kind == WireMessageKind.Close) return false;
            if (message.Kind != WireMessageKind.Violation)
            {
                await reader.DiscardToCloseAsync();
                return false;
            }

            connection.Fail(message.Code, "");
            await reader.DrainAsync();
            return false;
        }
    }

    private string TellTooBig()
    {
        End(DisconnectReasons.TransportError, TooBig);
        return DisconnectReasons.TransportError;
    }

    private static byte[] Pong(ReadOnlySpan<byte> payload)
    {
        var frame = new byte[2 + payload.Length];
        payload.CopyTo(frame.AsSpan(FrameHeader.Write(frame, Opcode.Pong, payload.Length)));
        return frame;
    }
}
