using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>One assignment, as its handler sees it. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer and no wait handle: there is nothing to dispose, and a late Cancel "
    + "must not throw.")]
public sealed partial class TaskWork
{
    private readonly WaggleWorker _worker;
    private readonly Assign _assign;
    private readonly CancellationTokenSource _cancel = new();

    internal TaskWork(WaggleWorker worker, Assign assign, long now)
    {
        _worker = worker;
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
}
