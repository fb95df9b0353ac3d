namespace Waggle.SocketIO.EngineIO;

internal sealed partial class EngineSession
{
    // What came as text over any transport. False: the session is to end, and why.
    private async ValueTask<string?> TakeTextAsync(ReadOnlyMemory<byte> packet)
    {
        if (packet.IsEmpty) return DisconnectReasons.ParseError;
        switch (packet.Span[0])
        {
            case EnginePacketType.Message:
                var done = Client.OnTextAsync(packet[1..]);
                if (!done.IsCompletedSuccessfully) await WaitAsync(done);
                return null;
            case EnginePacketType.Pong:
                Pong();
                return null;
            case EnginePacketType.Close:
                return DisconnectReasons.TransportClose;
            case EnginePacketType.Ping:
                return DisconnectReasons.TransportError;
            case EnginePacketType.Noop or EnginePacketType.Upgrade or EnginePacketType.Open:
                return null;
            default:
                return DisconnectReasons.ParseError;
        }
    }

    private async ValueTask TakeBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        var done = Client.OnBinaryAsync(bytes);
        if (!done.IsCompletedSuccessfully) await WaitAsync(done);
    }

    private async ValueTask WaitAsync(ValueTask done)
    {
        _busy = true;

        // What was answered so far need not wait with it.
        Volatile.Write(ref _reader, 0);
        Flush();
        await done;
        Heard();
        _busy = false;
    }
}
