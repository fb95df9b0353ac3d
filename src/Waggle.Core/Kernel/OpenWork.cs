namespace Waggle.Core.Kernel;

/// <summary>
/// Works beside the owner's loop on stored entities that are open, such as bulks and purges, round after round while there are any, and then waits for the
/// record that begins another one.
/// </summary>
internal static class OpenWork
{
    private const int TailCapacity = 1024;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <param name="begins">Chooses the records that begin work.</param>
    /// <param name="round">Does a part of the open work. Returns false if there is none.</param>
    /// <param name="failed">Called with each failure of a round, before the pause.</param>
    public static async Task RunAsync(
        HiveReader reader, Func<RecordData, bool> begins, Func<CancellationToken, Task<bool>> round, Action<Exception> failed, CancellationToken stop)
    {
        using var tail = reader.Follow(begins, TailCapacity);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await round(stop))
                {
                }

                await tail.TakeAsync(stop);
                tail.Handled();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failed(e);
                await PauseAsync(reader, stop);
            }
        }
    }

    /// <summary>Waits before work that failed is tried again. Returns early at the stop.</summary>
    public static async Task PauseAsync(HiveReader reader, CancellationToken stop) =>
        await Task.Delay(PauseAfterFailure, reader.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
