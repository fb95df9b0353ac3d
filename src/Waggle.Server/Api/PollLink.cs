using Waggle.Core.Agents;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Api;

/// <summary>The link to a worker that waits for a response. It collects assignments until the response is sent.</summary>
internal sealed class PollLink : IAgentLink
{
    private readonly Lock _lock = new();
    private readonly List<Leased> _leases = [];
    private readonly TaskCompletionSource _something = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that completes when there is work or no reason to wait.</summary>
    public Task Something => _something.Task;

    /// <summary>The reason why no more work will come over this link; null while it may.</summary>
    public (int Code, string Reason)? Closed { get; private set; }

    public void Assign(Assignment assignment)
    {
        lock (_lock)
        {
            _leases.Add(new Leased
            {
                Task = assignment.Lease.Task,
                Attempt = assignment.Lease.Attempt,
                Token = assignment.Lease.Token,
                LeaseMs = (long)assignment.Period.TotalMilliseconds,
                Swarm = assignment.Swarm,
                Spec = assignment.Spec,
                Dependencies = assignment.Dependencies,
                Answers = assignment.Answers,
                Checkpoint = assignment.Checkpoint,
                InputRefs = assignment.InputRefs,
            });
        }

        _something.TrySetResult();
    }

    /// <summary>Does nothing, because the worker learns of a cancellation from its next renewal or report.</summary>
    public void Cancel(LeaseRef lease, string? reason, TimeSpan grace)
    {
    }

    public void Stop(LeaseRef lease, string reason)
    {
        lock (_lock) _leases.RemoveAll(l => l.Task == lease.Task && l.Token == lease.Token);
    }

    /// <summary>Does nothing, because the reply to a poll has work only; the worker lists the open proposals instead.</summary>
    public void RequestVote(VoteRequested request)
    {
    }

    public void Close(int code, string reason)
    {
        Closed = (code, reason);
        _something.TrySetResult();
    }

    public IReadOnlyList<Leased> Take()
    {
        lock (_lock) return [.. _leases];
    }
}
