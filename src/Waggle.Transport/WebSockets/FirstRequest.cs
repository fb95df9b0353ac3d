using System.Buffers;
using System.IO.Pipelines;
using Waggle.Transport.Timers;

namespace Waggle.Transport.WebSockets;

/// <summary>The kinds of a connection's beginning.</summary>
public enum FirstFound
{
    /// <summary>The client left, or the server stops, before the client sent a request.</summary>
    Nothing,

    /// <summary>The client sent another request, which HTTP must judge.</summary>
    Other,

    /// <summary>The client sent a flawless request for a WebSocket.</summary>
    WebSocket,

    /// <summary>The client did not send the whole head in time.</summary>
    TooSlow,
}

/// <summary>
/// The first request of a connection, examined before HTTP reads it. The examination consumes nothing, so HTTP finds the request complete if it is passed on.
/// </summary>
public readonly record struct FirstRequest(FirstFound Found, UpgradeRequest? Request = null, int Size = 0)
{
    // Kestrel's limit for the headers of a request.
    private const int MaxHeadBytes = 32 * 1024;

    /// <param name="patience">The time that the client has for the head of the request.</param>
    /// <param name="stopping">Cancelled when the server stops; the server does not wait for a client that has sent nothing.</param>
    public static async ValueTask<FirstRequest> LookAsync(PipeReader input, TimerWheel wheel, TimeSpan patience, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(wheel);
        var head = new HeadTimeout(input);
        wheel.Set(head, patience);
        try
        {
            await using (stopping.UnsafeRegister(static p => ((HeadTimeout)p!).End(), head)) return await LookAsync(input, head, stopping);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client left before it sent a request.
            return default;
        }
        finally
        {
            wheel.Clear(head);
        }
    }

    /// <summary>Consumes the request, so that the next read starts after it.</summary>
    public void Take(PipeReader input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.TryRead(out var read)) input.AdvanceTo(read.Buffer.GetPosition(Size));
    }

    private static async ValueTask<FirstRequest> LookAsync(PipeReader input, HeadTimeout patience, CancellationToken stopping)
    {
        while (true)
        {
            var read = await input.ReadAsync(CancellationToken.None);
            var request = Read(read.Buffer, out var size);
            if (size == 0 && !read.IsCompleted && !read.IsCanceled)
            {
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var isSilent = read.Buffer.IsEmpty;
            input.AdvanceTo(read.Buffer.Start);
            if (!patience.TryStop()) return new(isSilent || stopping.IsCancellationRequested ? FirstFound.Nothing : FirstFound.TooSlow);
            return request is null ? new(FirstFound.Other) : new(FirstFound.WebSocket, request, size);
        }
    }

    private static UpgradeRequest? Read(in ReadOnlySequence<byte> bytes, out int size) =>
        UpgradeRequest.Read(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), MaxHeadBytes, out size);
}
