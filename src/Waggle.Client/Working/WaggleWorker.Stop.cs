using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class WaggleWorker
{
    // How long handlers have to obey their token, and the hub to acknowledge the last messages.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private volatile bool _stopping;
    private int _stops;

    /// <summary>
    /// Takes no more work, lets running handlers finish for up to <paramref name="grace"/>, then cancels them and hands their tasks back, and closes.
    /// What the hub has not acknowledged a little later is reported through <see cref="WaggleWorkerOptions.OnRejected"/> as <see cref="ClientErrorCodes.Undelivered"/>.
    /// </summary>
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
        if (IsConnected) await WithinAsync(drained, Patience, cancel);
        if (!await EmptyWithinAsync(grace, cancel))
        {
            foreach (var work in _leases.All()) work.Cancel(CancelCause.WorkerStopping, "The worker is stopping.");
            if (!await EmptyWithinAsync(Patience, CancellationToken.None)) await AbandonAsync();
        }

        await Connection.DisposeAsync();
        _keeper.Dispose();
        Flusher.Dispose();
        _completion.TrySetResult();
    }

    /// <summary>Stops without a grace.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);

    private async Task AbandonAsync()
    {
        // Handlers that do not listen: their tasks go back, whatever they still come up with.
        foreach (var work in _leases.All()) ReleaseNow(work);
        await EmptyWithinAsync(Patience, CancellationToken.None);
        foreach (var work in _leases.All()) GiveUp(work, ClientErrorCodes.Undelivered);
    }

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
        await Task.WhenAny(done, Connection.Completion, Task.Delay(time, Time, end.Token));
        await end.CancelAsync();
    }

    /// <summary>Also after a reconnect while stopping: the hello made the agent look ready again.</summary>
    private Task<Reply> DrainAgain()
    {
        var call = new Call<Reply>(Connection.NextNumber(), new AgentDrain(), repeatable: false, type: null);
        _ = call.Answer.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = Connection.EnqueueAsync(call).AsTask();
        return call.Answer;
    }

    private void Ended(WaggleException reason)
    {
        foreach (var work in _leases.All()) work.Cancel(CancelCause.Stopped, reason.Message);
        if (_stopping) return;
        if (_completion.TrySetException(reason)) _ = _completion.Task.Exception;
    }
}
