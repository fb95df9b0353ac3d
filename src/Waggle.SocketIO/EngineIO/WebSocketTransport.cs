using Waggle.Delivery;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.EngineIO;

/// <summary>Reads the WebSocket of one session until it closes.</summary>
internal sealed class WebSocketTransport(EngineSession session, Wire wire, WebSocketReader reader, Connection connection)
{
    private const int NormalClosure = 1000;
    private const int TooBig = 1009;

    /// <summary>Runs the session of a client that connected by WebSocket, until it closes.</summary>
    /// <param name="road">See <see cref="SessionTransport.Road"/>.</param>
    public static async Task RunAsync(EngineSession session, Wire wire, string road)
    {
        var server = session.Server;
        using var reader = new WebSocketReader(wire, server.Options.MaxHttpBufferSize, server.Wires);
        await using var connection = server.Connect(wire);
        try
        {
            if (!session.Transport.TryOpen(connection, road)) return;
            connection.QueueFrames(EngineFrames.Text(server.Open(session, isUpgradable: false)));
            connection.Flush();
            await new WebSocketTransport(session, wire, reader, connection).ReadAsync();
        }
        finally
        {
            session.Close(DisconnectReasons.TransportError);
        }
    }

    /// <summary>Processes the client's packets until one side closes.</summary>
    public async Task ReadAsync()
    {
        // An idle client waits only in this method.
        while (await TakeAllAsync() && await reader.WaitAsync())
        {
        }

        session.Close(DisconnectReasons.TransportClose);
    }

    // Processes all packets that were read. Returns false if no more are to be read.
    private async ValueTask<bool> TakeAllAsync()
    {
        while (true)
        {
            session.Intake.BeginRead();
            var message = reader.TryRead();
            string? end = null;
            switch (message.Kind)
            {
                case WireMessageKind.None:
                    session.Intake.EndRead();
                    connection.Flush();
                    return true;
                case WireMessageKind.Text:
                    end = await session.Intake.TakeTextAsync(message.Payload);
                    break;
                case WireMessageKind.Binary:
                    await session.Intake.TakeBinaryAsync(message.Payload);
                    break;
                case WireMessageKind.Pong:
                    (wire as HandoverWire)?.Answered(message.Payload.Span);
                    break;
                case WireMessageKind.Ping:
                    connection.SendFrame(Pong(message.Payload.Span));
                    break;
                case WireMessageKind.Close:
                    end = DisconnectReasons.TransportClose;
                    break;
                default:
                    end = DisconnectReasons.TransportError;
                    break;
            }

            if (end is null && !session.IsClosed) continue;
            session.Intake.EndRead();
            if (end is not null) session.Close(end, CodeOf(message));
            await FinishAsync(message);
            return false;
        }
    }

    private static int CodeOf(in WireMessage message) => message.Kind switch
    {
        WireMessageKind.TooBig => TooBig,
        WireMessageKind.Violation => message.Code,
        _ => NormalClosure,
    };

    private async ValueTask FinishAsync(WireMessage message)
    {
        switch (message.Kind)
        {
            case WireMessageKind.Close:
                break;
            case WireMessageKind.Violation:
                connection.Fail(message.Code, "");
                await reader.DrainAsync();
                break;
            default:
                await reader.DiscardToCloseAsync();
                break;
        }
    }

    private static byte[] Pong(ReadOnlySpan<byte> payload)
    {
        var frame = new byte[2 + payload.Length];
        payload.CopyTo(frame.AsSpan(FrameHeader.Write(frame, Opcode.Pong, payload.Length)));
        return frame;
    }
}
