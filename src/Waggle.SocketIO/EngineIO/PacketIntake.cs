namespace Waggle.SocketIO.EngineIO;

/// <summary>Takes the packets that a client sends over any transport, one after the other.</summary>
internal sealed class PacketIntake(IEngineClient client, HeartbeatTimer heartbeat, IFlushable output)
{
    private int _reader;

    /// <summary>This thread reads for the session, and flushes it when all packets that were read are answered.</summary>
    public bool IsReadHere => Volatile.Read(ref _reader) == Environment.CurrentManagedThreadId;

    /// <summary>This thread reads from here on.</summary>
    public void BeginRead() => Volatile.Write(ref _reader, Environment.CurrentManagedThreadId);

    public void EndRead() => Volatile.Write(ref _reader, 0);

    /// <summary>A packet that came as text.</summary>
    /// <returns>Why the session is to end; null: it goes on.</returns>
    public async ValueTask<string?> TakeTextAsync(ReadOnlyMemory<byte> packet)
    {
        if (packet.IsEmpty) return DisconnectReasons.ParseError;
        switch (packet.Span[0])
        {
            case EnginePacketType.Message:
                var taken = client.OnTextAsync(packet[1..]);
                if (!taken.IsCompletedSuccessfully) await WaitAsync(taken);
                return null;
            case EnginePacketType.Pong:
                heartbeat.Answer();
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

    /// <summary>A binary message.</summary>
    public async ValueTask TakeBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        var taken = client.OnBinaryAsync(bytes);
        if (!taken.IsCompletedSuccessfully) await WaitAsync(taken);
    }

    private async ValueTask WaitAsync(ValueTask taken)
    {
        heartbeat.Suspend();
        try
        {
            // The answers so far need not wait with it.
            EndRead();
            output.Flush();
            await taken;
        }
        finally
        {
            heartbeat.Resume();
        }
    }
}
