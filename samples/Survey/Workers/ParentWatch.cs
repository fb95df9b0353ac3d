namespace Waggle.Survey.Workers;

/// <summary>
/// Ends a worker with the demo. The demo holds the other end of the worker's standard input and writes nothing. The system closes it even if the demo is
/// killed.
/// </summary>
internal static class ParentWatch
{
    // The time that a worker needs to hand back its tasks; the hub may be gone, too.
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Starts the watch. The token is cancelled when the parent is gone or closed the pipe. A little later this process ends in any case.</summary>
    public static CancellationToken Start()
    {
        var gone = new CancellationTokenSource();
        // A separate thread, because the read blocks for the life of the process and must return while the pool is busy.
        new Thread(() => Wait(gone)) { IsBackground = true, Name = "parent watch" }.Start();
        return gone.Token;
    }

    private static void Wait(CancellationTokenSource gone)
    {
        try
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            while (input.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A read error is treated as the end of the pipe.
        }

        _ = gone.CancelAsync();
        using var never = new ManualResetEventSlim();
        never.Wait(ReplyTimeout);
        Environment.Exit(1);
    }
}
