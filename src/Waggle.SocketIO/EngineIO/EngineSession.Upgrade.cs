using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.EngineIO;

internal sealed partial class EngineSession
{
    private bool _upgrading;

    /// <summary>A polling client that tries a WebSocket: it asks on it, and goes on by polling until it says that it has moved.</summary>
    public async Task UpgradeAsync(Wire wire)
    {
        using var reader = new WebSocketReader(wire, _server.Options.MaxHttpBufferSize);
        await using var connection = _server.Connect(wire);
        if (!TryBeginUpgrade())
        {
            connection.CloseQuietly(NormalClosure, "");
            await reader.DrainAsync();
            return;
        }

        var moved = false;
        try
        {
            using var patience = new CancellationTokenSource(_server.Options.UpgradeTimeout, _server.Time);
            if (!await IsTextAsync(reader, "2probe", patience.Token)) return;
            connection.QueueFrames(EngineFrames.ProbePong);
            connection.Flush();
            lock (_lock) _polling!.Probe();
            if (!await IsTextAsync(reader, "5", patience.Token)) return;
            lock (_lock)
            {
                if (_closed) return;
                moved = true;
                _polling!.MoveTo(connection);
                _connection = connection;
            }

            connection.Flush();
        }
        catch (OperationCanceledException)
        {
            // It took too long. The client goes on by polling.
        }
        finally
        {
            lock (_lock)
            {
                _upgrading = false;
                if (!moved) _polling!.Unprobe();
            }

            if (!moved) connection.CloseQuietly(NormalClosure, "");
        }

        if (moved) await ReadAsync(reader, connection);
        else await reader.DrainAsync();
    }

    private bool TryBeginUpgrade()
    {
        lock (_lock)
        {
            if (_closed || _upgrading || _connection is not null || !_server.Options.AllowUpgrades) return false;
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
