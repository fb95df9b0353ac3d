namespace Waggle.Client;

public sealed partial class WaggleWorker
{
    // How long the hub has to acknowledge the last messages.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private volatile bool _stopping;
    private int _stops;

    internal bool IsStopping => _stopping;

    /// <summary>
    /// Takes no more work, lets running handlers finish for up to <paramref name="grace"/>, then cancels them and waits for up to
    /// <see cref="WaggleWorkerOptions.StopTimeout"/> until they have ended, and closes. A task goes back to the hub when its handler has ended, not
    /// before: the next worker should not find this one still at it.
    /// What the hub has not acknowledged a little later is reported through <see cref="WaggleWorkerOptions.OnRejected"/> as
    /// <see cref="ClientErrorCodes.Undelivered"/>.
    /// </summary>
    /// <param name="grace">How long handlers may go on undisturbed.</param>
    /// <param name="cancel">Cuts the grace short; the worker stops all the same.</param>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancel = default)
    {
        if (Interlocked.Exchange(ref _stops, 1) != 0)
        {
            await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        _stopping = true;
        var drained = DrainAgain();
        // The hub should know before the socket is gone, or it would go on assigning until it misses the heartbeat.
        if (IsConnected) await WithinAsync(drained, StopTimeout, cancel);
        if (!await EmptyWithinAsync(grace, cancel))
        {
            foreach (var work in _leases.All()) work.Cancel(CancelCause.WorkerStopping, "The worker is stopping.");
            await WithinAsync(Task.WhenAll(_leases.All().Select(w => w.WhenEnded())), _options.StopTimeout, CancellationToken.None);
            await EmptyWithinAsync(StopTimeout, CancellationToken.None);
            foreach (var work in _leases.All()) GiveUp(work, ClientErrorCodes.Undelivered);
        }

        await Connection.DisposeAsync();
        _http.Dispose();
        _keeper.Dispose();
        Flusher.Dispose();
        _completion.TrySetResult();
    }

    /// <summary>Stops without a grace.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);

    private async Task<bool> EmptyWithinAsync(TimeSpan time, CancellationToken cancel)
    {
        var empty = _leases.WhenEmpty();
        if (time > TimeSpan.Zero) await WithinAsync(empty, time, cancel);
        return empty.IsCompleted;
    }

    private async Task WithinAsync(Task done, TimeSpan time, CancellationToken cancel)
    {
        if (done.IsCompleted) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(done, Task.Delay(time, Time, end.Token));
        await end.CancelAsync();
    }

    private void Ended(WaggleException reason)
    {
        foreach (var work in _leases.All()) work.Cancel(CancelCause.Stopped, reason.Message);
        if (_stopping) return;
        if (_completion.TrySetException(reason)) _ = _completion.Task.Exception;
    }
}
