using Waggle.Delivery;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.EngineIO;

internal sealed partial class EngineSession
{
    private bool _upgrading;

    /// <summary>A polling client that tries a WebSocket: it asks on it, and goes on by polling until it says that it has moved.</summary>
    public async Task UpgradeAsync(Wire wire, string road)
    {
        using var reader = new WebSocketReader(wire, _server.Options.MaxHttpBufferSize, _server.Wires);
        await using var connection = _server.Connect(wire);
        if (TryBeginUpgrade() && await TryMoveAsync(reader, connection, road))
        {
            connection.Flush();
            if (!IsClosed)
            {
                await ReadAsync(wire, reader, connection);
                return;
            }

            _server.Forget(this);
        }

        connection.CloseQuietly(NormalClosure, "");
        await reader.DiscardToCloseAsync();
    }

    private async ValueTask<bool> TryMoveAsync(WebSocketReader reader, Connection connection, string road)
    {
        try
        {
            using var patience = new CancellationTokenSource(_server.Options.UpgradeTimeout, _server.Time);
            if (!await IsTextAsync(reader, "2probe", patience.Token)) return false;
            connection.QueueFrames(EngineFrames.ProbePong);
            connection.Flush();
            lock (_lock) _polling!.Probe();
            if (!await IsTextAsync(reader, "5", patience.Token)) return false;
            lock (_lock)
            {
                // One that was sent away meanwhile hears its last words here: it no longer asks for them.
                if (_polling!.IsDone) return false;
                _polling.MoveTo(connection);
                (_connection, Road) = (connection, road);
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            // It took too long. The client goes on by polling.
            return false;
        }
        finally
        {
            lock (_lock)
            {
                _upgrading = false;
                _polling!.Unprobe();
            }
        }
    }

    private bool TryBeginUpgrade()
    {
        lock (_lock)
        {
            if (IsClosed || _upgrading || _connection is not null || !_server.Options.AllowUpgrades) return false;
            return _upgrading = true;
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
