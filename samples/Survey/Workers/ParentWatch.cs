namespace Waggle.Survey.Workers;

/// <summary>
/// A worker must not outlive the demo, however that ends. The demo holds the other end of the worker's standard input and writes nothing:
/// the system closes it even when the demo is killed.
/// </summary>
internal static class ParentWatch
{
    // What a worker needs to hand back its tasks; the hub may be gone, too.
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Cancelled when the parent is gone or closed the pipe; a little later this process ends whatever it does.</summary>
    public static CancellationToken Start()
    {
        var gone = new CancellationTokenSource();
        // A thread of its own: the read blocks for the life of the process, and must be heard when the pool is busy.
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
            // As good as its end.
        }

        _ = gone.CancelAsync();
        using var never = new ManualResetEventSlim();
        never.Wait(ReplyTimeout);
        Environment.Exit(1);
    }
}
