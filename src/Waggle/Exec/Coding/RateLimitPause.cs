using System.Globalization;
using Waggle.Client;

namespace Waggle.Exec.Coding;

/// <summary>Takes no tasks while the provider of the agent refuses requests, and shows until when. Thread-safe.</summary>
internal sealed class RateLimitPause(Task<WaggleWorker> worker, int slots, WorkerJournal journal, TimeProvider time) : IAsyncDisposable
{
    // A timer takes no wait of months, and a clock that is set is noticed.
    private static readonly TimeSpan MaxRound = TimeSpan.FromHours(1);

    private const string RateLimited = "rate_limited";

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private DateTimeOffset _until;
    private string _what = RateLimited;
    private bool _isPausing;
    private Task _pausing = Task.CompletedTask;

    /// <summary>Pauses until that time; a pause that is longer already stays.</summary>
    /// <param name="what">What people see of the provider.</param>
    public void Until(DateTimeOffset until, string what = RateLimited)
    {
        lock (_gate)
        {
            if (until <= _until || until <= time.GetUtcNow() || _end.IsCancellationRequested) return;
            (_until, _what) = (until, what);
            if (_isPausing) return;
            _isPausing = true;
            _pausing = Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _pausing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    // A pause that ends by a fault must not keep the next one from its begin.
    private async Task RunAsync()
    {
        var pausing = PauseAsync();
        try
        {
            await pausing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (pausing.Exception?.InnerException is { } fault) journal.Say(new WorkerEvent("report_rejected", $"The pause has failed: {fault.Message}"));
        }
        finally
        {
            // One that ends without a fault has said so itself, and the next one may have begun since.
            if (!pausing.IsCompletedSuccessfully)
            {
                lock (_gate) (_isPausing, _until) = (false, default);
            }
        }
    }

    private async Task PauseAsync()
    {
        var agent = await worker.WaitAsync(_end.Token);
        var shown = default(DateTimeOffset);
        while (Next() is var (until, what))
        {
            if (until != shown)
            {
                shown = until;
                var text = $"{what} until " + until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                journal.Say(new WorkerEvent("rate_limited", text) { Agent = agent.AgentId });
                await TellAsync(() => agent.SetSlotsAsync(0, _end.Token));
                await TellAsync(() => agent.ReportHealthAsync(healthy: false, text, _end.Token));
            }

            var rest = until - time.GetUtcNow();
            if (rest > TimeSpan.Zero) await Task.Delay(rest < MaxRound ? rest : MaxRound, time, _end.Token);
            if (!IsOver()) continue;
            await TellAsync(() => agent.ReportHealthAsync(healthy: true, cancel: _end.Token));
            await TellAsync(() => agent.SetSlotsAsync(slots, _end.Token));
            journal.Say(new WorkerEvent("rate_limit_over") { Agent = agent.AgentId });
            shown = default;
        }
    }

    /// <summary>Returns the end of the pause; null if there is none, and then the next one begins anew.</summary>
    private (DateTimeOffset Until, string What)? Next()
    {
        lock (_gate)
        {
            if (_until > time.GetUtcNow()) return (_until, _what);
            _isPausing = false;
            return null;
        }
    }

    private bool IsOver()
    {
        lock (_gate) return _until <= time.GetUtcNow();
    }

    // The number of slots is also in the next hello, and a health that was not reported is not worth the end of the worker.
    private async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (WaggleException e)
        {
            journal.Say(new WorkerEvent("report_rejected", e.Message) { Code = e.Code });
        }
    }
}
