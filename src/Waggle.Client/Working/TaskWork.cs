using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>One assignment, as its handler sees it. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer and no wait handle: there is nothing to dispose, and a late Cancel "
    + "must not throw.")]
public sealed class TaskWork : IThreadPoolWorkItem
{
    private readonly TaskRunner _runner;
    private readonly Assign _assign;
    private readonly CancellationTokenSource _cancel = new();
    private Reports? _reports;
    private long _renewedAt;
    private int _cause;
    private int _ended;
    private TaskCompletionSource? _whenEnded;

    internal TaskWork(TaskRunner runner, Assign assign, long now)
    {
        _runner = runner;
        _assign = assign;
        _renewedAt = now;
        Lease = new LeaseRef(assign.Task, assign.Attempt, assign.Token);
    }

    /// <summary>The task's id.</summary>
    public string Id => _assign.Task;

    /// <summary>1 for the first numbered assignment.</summary>
    public int Attempt => _assign.Attempt;

    /// <summary>The fencing token: it only grows. Give it to what the handler writes to elsewhere, so that a later attempt can be told from this one.</summary>
    public long Token => _assign.Token;

    /// <summary>The swarm that the task belongs to.</summary>
    public string Swarm => _assign.Swarm;

    /// <summary>What the creator said of the task.</summary>
    public TaskSpec Spec => _assign.Spec;

    /// <summary>The task's input; JSON null where it has none.</summary>
    public RawJson Input => _assign.Spec.Input;

    /// <summary>
    /// The tasks that this one waited for, with how they ended and their results, in the order of <see cref="TaskSpec.DependsOn"/>; at most 1,000.
    /// </summary>
    public IReadOnlyList<Dependency> Dependencies => _assign.Dependencies ?? [];

    /// <summary>Why the handler's token was cancelled.</summary>
    public CancelCause CancelCause => (CancelCause)Volatile.Read(ref _cause);

    /// <summary>The words that came with a cancellation.</summary>
    public string? CancelReason { get; private set; }

    /// <summary>What the attempt used, to be sent with its result or failure. Set it before the handler ends.</summary>
    public Usage? Usage { get; set; }

    internal LeaseRef Lease { get; }

    internal int LeaseMs => _assign.LeaseMs;

    /// <summary>The handler's token.</summary>
    internal CancellationToken Cancelled => _cancel.Token;

    /// <summary>When the hub last learned of this lease and agreed; a timestamp of the worker's clock.</summary>
    internal long RenewedAt => Volatile.Read(ref _renewedAt);

    /// <summary>Whether its last message is made: the handler's outcome is on its way.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Says how far the work is. Only the newest counts: at most ten a second are sent, and the last one before the end always is.</summary>
    /// <param name="progress">0..1</param>
    /// <param name="message">What the work is at. Of more than 10,000 UTF-16 units the first are sent, with an ellipsis.</param>
    /// <returns>As a rule completed; else it waits for room while the hub is slow or away.</returns>
    public ValueTask ReportProgressAsync(double progress, string? message = null)
    {
        if (!(progress is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(progress), progress, "Progress is 0..1.");
        return HasEnded ? default : ReportsOf().Progress(progress, message);
    }

    /// <summary>
    /// Adds a line to the task's log; one of more than 10,000 UTF-16 units is sent as several. Lines are collected for up to 100 ms and sent in order; over
    /// a lost connection some may be sent twice, none is lost.
    /// </summary>
    /// <returns>As a rule completed; else it waits for room while the hub is slow or away.</returns>
    public ValueTask LogAsync(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return HasEnded ? default : ReportsOf().Log(line);
    }

    /// <summary>Queued on the thread pool as itself: one allocation less for each task.</summary>
    void IThreadPoolWorkItem.Execute() => _ = _runner.RunAsync(this);

    internal ValueTask CloseReportsAsync() => Volatile.Read(ref _reports)?.Close() ?? default;

    internal void Renewed(long sentAt)
    {
        if (sentAt > RenewedAt) Volatile.Write(ref _renewedAt, sentAt);
    }

    /// <summary>Cancels the handler. The first cause stays, except that Stopped overrides: then nothing that the worker says counts.</summary>
    internal void Cancel(CancelCause cause, string? reason)
    {
        var first = Interlocked.CompareExchange(ref _cause, (int)cause, (int)CancelCause.None) == (int)CancelCause.None;
        if (!first && cause != CancelCause.Stopped) return;
        if (!first) Volatile.Write(ref _cause, (int)cause);
        CancelReason = reason;
        // Not Cancel: what a handler registered on its token must not run on the reading loop.
        if (!HasEnded) _ = _cancel.CancelAsync();
    }

    /// <summary>The caller that gets true makes the assignment's last message.</summary>
    internal bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        Volatile.Read(ref _whenEnded)?.TrySetResult();
        return true;
    }

    /// <summary>Done when the handler has ended. Asked for only when the worker stops, so that a task pays nothing for it.</summary>
    internal Task WhenEnded()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ended = Interlocked.CompareExchange(ref _whenEnded, ended, null) ?? ended;
        if (HasEnded) ended.TrySetResult();
        return ended.Task;
    }

    // Most tasks report nothing and pay nothing for it.
    private Reports ReportsOf() =>
        Volatile.Read(ref _reports) ?? Interlocked.CompareExchange(ref _reports, _runner.ReportsFor(this), null) ?? _reports!;
}
