using Waggle.Delivery;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// Moves a polling client to a WebSocket. The client probes the WebSocket and continues to poll until it announces on the WebSocket that it has moved.
/// </summary>
internal static class TransportUpgrade
{
    private const int NormalClosure = 1000;

    /// <summary>Runs the upgrade and the WebSocket until it closes.</summary>
    /// <param name="road">See <see cref="SessionTransport.Road"/>.</param>
    public static async Task RunAsync(EngineSession session, Wire wire, string road)
    {
        var server = session.Server;
        using var reader = new WebSocketReader(wire, server.Options.MaxHttpBufferSize, server.Wires);
        await using var connection = server.Connect(wire);
        if (session.Transport.TryBeginUpgrade() && await TryMoveAsync(session, reader, connection, road))
        {
            try
            {
                connection.Flush();
                if (!session.IsClosed)
                {
                    await new WebSocketTransport(session, wire, reader, connection).ReadAsync();
                    return;
                }
            }
            finally
            {
                session.Close(DisconnectReasons.TransportError);
            }

            session.Forget();
        }

        connection.CloseQuietly(NormalClosure, "");
        await reader.DiscardToCloseAsync();
    }

    private static async ValueTask<bool> TryMoveAsync(EngineSession session, WebSocketReader reader, Connection connection, string road)
    {
        try
        {
            using var limit = new CancellationTokenSource(session.Server.Options.UpgradeTimeout, session.Server.Time);
            if (!await IsTextAsync(reader, "2probe", limit.Token)) return false;
            connection.QueueFrames(EngineFrames.ProbePong);
            connection.Flush();
            session.Transport.Probe();
            return await IsTextAsync(reader, "5", limit.Token) && session.Transport.TryMove(connection, road);
        }
        catch (OperationCanceledException)
        {
            // The upgrade took too long. The client continues to poll.
            return false;
        }
        finally
        {
            session.Transport.EndUpgrade();
        }
    }

    private static async ValueTask<bool> IsTextAsync(WebSocketReader reader, string expected, CancellationToken cancel)
    {
        while (true)
        {
            var message = await reader.ReadAsync(cancel);
            if (message.Kind is WireMessageKind.Ping or WireMessageKind.Pong) continue;
            return message.Kind == WireMessageKind.Text && System.Text.Encoding.ASCII.GetString(message.Payload.Span) == expected;
        }
    }
}
