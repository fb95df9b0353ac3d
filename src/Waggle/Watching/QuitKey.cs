namespace Waggle.Watching;

/// <summary>Waits for the key q, as less, top and man do. Ctrl-C stays a signal.</summary>
internal static class QuitKey
{
    public static void Watch(CancellationTokenSource end)
    {
        var thread = new Thread(() => Read(end), 128 * 1024) { IsBackground = true, Name = "keys" };
        thread.Start();
    }

    private static void Read(CancellationTokenSource end)
    {
        try
        {
            while (Console.ReadKey(intercept: true).KeyChar is not ('q' or 'Q'))
            {
            }

            end.Cancel();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // The terminal has no keys, or the screen has ended.
        }
    }
}
