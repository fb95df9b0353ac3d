namespace Waggle.SocketIO.EngineIO;

/// <summary>Processes the packets that a client sends over any transport, one after the other.</summary>
internal sealed class PacketIntake(IEngineClient client, HeartbeatTimer heartbeat, IFlushable output)
{
    private int _reader;

    /// <summary>Whether this thread reads for the session. It flushes the session after the packets that it has read.</summary>
    public bool IsReadHere => Volatile.Read(ref _reader) == Environment.CurrentManagedThreadId;

    /// <summary>Marks this thread as the reader of the session.</summary>
    public void BeginRead() => Volatile.Write(ref _reader, Environment.CurrentManagedThreadId);

    /// <summary>Marks that no thread reads for the session.</summary>
    public void EndRead() => Volatile.Write(ref _reader, 0);

    /// <summary>Processes a text packet.</summary>
    /// <returns>The reason to end the session; null if it continues.</returns>
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

    /// <summary>Processes a binary message.</summary>
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
            // The packets queued so far are sent before the wait.
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
