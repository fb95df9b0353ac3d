using System.Text.Unicode;

namespace Waggle.SocketIO.EngineIO;

/// <summary>Processes the requests of a client that polls.</summary>
internal static class PollingRequests
{
    private static readonly TimeSpan ProbedPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Processes a request for packets.</summary>
    /// <param name="aborted">Cancelled if the request ends before its response. The session then ends.</param>
    /// <returns>The payload of the response; null if the request is not allowed.</returns>
    public static async Task<ReadOnlyMemory<byte>?> PollAsync(EngineSession session, CancellationToken aborted)
    {
        session.CloseIfLate();
        if (!session.Transport.TryPoll(out var answer, out var isProbed)) return null;
        if (answer is null)
        {
            session.Close(DisconnectReasons.TransportError);
            return null;
        }

        if (answer.IsCompleted) return Answered(session, await answer);
        await using var registration = aborted.UnsafeRegister(static session => ((EngineSession)session!).CloseSoon(DisconnectReasons.TransportError), session);
        if (!isProbed) return Answered(session, await answer);

        // A request that waits would delay the client's move, and an immediate response would make it poll in a tight loop.
        await Task.WhenAny(answer, Task.Delay(ProbedPoll, session.Server.Time, CancellationToken.None));
        session.Transport.Free(answer);
        return Answered(session, await answer);
    }

    /// <summary>Begins a request that delivers packets.</summary>
    /// <returns>False if the session does not poll or if another such request runs. The latter ends the session.</returns>
    public static bool TryBeginPost(EngineSession session)
    {
        session.CloseIfLate();
        if (session.Transport.TryBeginPost(out var isSecond)) return true;
        if (isSecond) session.Close(DisconnectReasons.TransportError);
        return false;
    }

    /// <summary>Processes the packets of a request.</summary>
    /// <returns>False if the session has ended because of an error, so that the request is rejected.</returns>
    public static async Task<bool> PostAsync(EngineSession session, ReadOnlyMemory<byte> body)
    {
        var end = Utf8.IsValid(body.Span) ? await TakeAsync(session, body) : DisconnectReasons.ParseError;
        session.Intake.EndRead();
        session.Transport.EndPost();
        if (end is not null) session.Close(end);
        session.Flush();
        return session.ClosedFor is null or DisconnectReasons.TransportClose || DisconnectReasons.IsOrderly(session.ClosedFor);
    }

    private static async ValueTask<string?> TakeAsync(EngineSession session, ReadOnlyMemory<byte> body)
    {
        ReadOnlyMemory<byte>? rest = body;
        while (rest is not null)
        {
            session.Intake.BeginRead();
            var packet = PollingPayload.Take(ref rest);
            if (packet.Length > 0 && packet.Span[0] == EnginePacketType.Base64)
            {
                if (PollingPayload.Decode(packet.Span[1..]) is not { } bytes) return DisconnectReasons.ParseError;
                await session.Intake.TakeBinaryAsync(bytes);
            }
            else if (await session.Intake.TakeTextAsync(packet) is { } end) return end;

            if (session.IsClosed) return null;
        }

        return null;
    }

    // Removes the session if the client has fetched its last packet.
    private static ReadOnlyMemory<byte>? Answered(EngineSession session, ReadOnlyMemory<byte>? answer)
    {
        if (session.Transport.IsDone) session.Forget();
        return answer;
    }
}
