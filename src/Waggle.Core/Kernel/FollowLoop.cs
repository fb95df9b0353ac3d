using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>
/// Keeps an index following the log: it begins anew after a failure, and first replaces an index that is damaged. <see cref="Replace"/> is thread-safe.
/// </summary>
/// <param name="recreate">Replaces the index by an empty one.</param>
/// <param name="damaged">Called with the damage that the follower found.</param>
/// <param name="failed">Called with each failure, before the pause.</param>
internal sealed class FollowLoop(
    TimeProvider time, Func<CancellationToken, Task> recreate, Action<StoreCorruptException> damaged, Action<Exception> failed)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private CancellationTokenSource? _follow;

    /// <summary>Replaces the index, which another user of it found damaged.</summary>
    public void Replace()
    {
        lock (_gate) _follow?.Cancel();
    }

    /// <summary>Follows until the stop.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> follow, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            lock (_gate) _follow = end;
            try
            {
                await follow(end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                if (!stop.IsCancellationRequested) await TryRecreateAsync(stop);
            }
            catch (StoreCorruptException e)
            {
                damaged(e);
                await TryRecreateAsync(stop);
            }
            catch (Exception e)
            {
                await PauseAsync(e, stop);
            }
            finally
            {
                lock (_gate) _follow = null;
            }
        }
    }

    private async Task TryRecreateAsync(CancellationToken stop)
    {
        try
        {
            await recreate(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next start finds the damage again.
        }
        catch (Exception e)
        {
            await PauseAsync(e, stop);
        }
    }

    private async Task PauseAsync(Exception e, CancellationToken stop)
    {
        failed(e);
        await Task.Delay(PauseAfterFailure, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
