using System.Text.Unicode;

namespace Waggle.SocketIO.EngineIO;

internal sealed partial class EngineSession
{
    private static readonly TimeSpan ProbedPoll = TimeSpan.FromMilliseconds(100);

    private bool _posting;

    /// <summary>The client came by polling.</summary>
    public void BeginPolling()
    {
        lock (_lock)
        {
            _polling = new PollQueue(_server.Options);
            if (IsClosed) _polling.End(DisconnectReasons.ServerShuttingDown);
        }
    }

    /// <summary>A request for what there is. Null: it may not ask.</summary>
    /// <param name="gone">The request ended before it was answered.</param>
    public async Task<ReadOnlyMemory<byte>?> PollAsync(CancellationToken gone)
    {
        if (IsLate) Close(DisconnectReasons.PingTimeout);
        Task<ReadOnlyMemory<byte>?>? answer;
        bool isProbed;
        lock (_lock)
        {
            if (_connection is not null || _polling is null || _polling.IsDone) return null;
            _polling.TryPoll(out answer);
            isProbed = _polling.IsProbed;
        }

        if (answer is null)
        {
            Close(DisconnectReasons.TransportError);
            return null;
        }

        if (answer.IsCompleted) return PollAnswered(await answer);
        await using var registration = gone.UnsafeRegister(static session => ((EngineSession)session!).CloseSoon(DisconnectReasons.TransportError), this);
        if (!isProbed) return PollAnswered(await answer);

        // While it moves nothing holds the client back, but it is not to ask in circles either.
        await Task.WhenAny(answer, Task.Delay(ProbedPoll, _server.Time, CancellationToken.None));
        lock (_lock)
        {
            if (!answer.IsCompleted) _polling.Free();
        }

        return PollAnswered(await answer);
    }

    /// <summary>A request that brings packets. False: they were not taken, and the session ended.</summary>
    public async Task<bool> PostAsync(ReadOnlyMemory<byte> body)
    {
        var end = Utf8.IsValid(body.Span) ? await TakePayloadAsync(body) : DisconnectReasons.ParseError;
        Volatile.Write(ref _reader, 0);
        lock (_lock) _posting = false;
        if (end is not null) Close(end);
        Flush();
        return _reason is null or DisconnectReasons.TransportClose || DisconnectReasons.IsOrderly(_reason);
    }

    /// <summary>Whether a request may bring packets now: one at a time.</summary>
    public bool TryBeginPost()
    {
        if (IsLate) Close(DisconnectReasons.PingTimeout);
        lock (_lock)
        {
            if (IsClosed || _connection is not null) return false;
            if (!_posting) return _posting = true;
        }

        Close(DisconnectReasons.TransportError);
        return false;
    }

    private async ValueTask<string?> TakePayloadAsync(ReadOnlyMemory<byte> body)
    {
        ReadOnlyMemory<byte>? rest = body;
        while (rest is not null)
        {
            Volatile.Write(ref _reader, Environment.CurrentManagedThreadId);
            var packet = PollingPayload.Take(ref rest);
            if (packet.Length > 0 && packet.Span[0] == EnginePacketType.Base64)
            {
                if (PollingPayload.Decode(packet.Span[1..]) is not { } bytes) return DisconnectReasons.ParseError;
                await TakeBinaryAsync(bytes);
            }
            else if (await TakeTextAsync(packet) is { } end) return end;

            if (IsClosed) return null;
        }

        return null;
    }

    // Its last words were fetched.
    private ReadOnlyMemory<byte>? PollAnswered(ReadOnlyMemory<byte>? answer)
    {
        if (IsClosed && _polling!.IsDone) _server.Forget(this);
        return answer;
    }
}
