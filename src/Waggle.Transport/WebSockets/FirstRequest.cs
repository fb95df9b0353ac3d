using System.Buffers;
using System.IO.Pipelines;
using Waggle.Transport.Timers;

namespace Waggle.Transport.WebSockets;

/// <summary>What a connection begins with.</summary>
public enum FirstFound
{
    /// <summary>It left, or the server stops, before anything was asked for.</summary>
    Nothing,

    /// <summary>Something that HTTP has to judge.</summary>
    Other,

    /// <summary>A flawless request for a WebSocket.</summary>
    WebSocket,

    /// <summary>A head that did not come whole in time.</summary>
    TooSlow,
}

/// <summary>The first request of a connection, read before HTTP reads it. It was looked at, not taken: HTTP finds it whole if it is passed on.</summary>
public readonly record struct FirstRequest(FirstFound Found, UpgradeRequest? Request = null, int Size = 0)
{
    // What Kestrel takes for the headers of a request.
    private const int MaxHeadBytes = 32 * 1024;

    /// <param name="patience">For the head of the request.</param>
    /// <param name="stopping">The server does not wait for those who have not begun.</param>
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
            // It left before it had asked for anything.
            return default;
        }
        finally
        {
            wheel.Clear(head);
        }
    }

    /// <summary>Takes it: what is read from now on comes after it.</summary>
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
