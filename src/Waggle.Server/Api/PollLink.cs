using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

/// <summary>The way to a worker that waits for an answer: what it is assigned is collected until the answer goes out.</summary>
internal sealed class PollLink : IAgentLink
{
    private readonly Lock _lock = new();
    private readonly List<Leased> _leases = [];
    private readonly TaskCompletionSource _something = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>There is work, or no point in waiting.</summary>
    public Task Something => _something.Task;

    /// <summary>Why no work will come this way any more.</summary>
    public (int Code, string Reason)? Closed { get; private set; }

    public void Assign(TaskEntity task, TimeSpan lease, IReadOnlyList<Dependency>? dependencies)
    {
        lock (_lock)
        {
            _leases.Add(new Leased
            {
                Task = task.Id,
                Attempt = task.Lease!.Attempt,
                Token = task.Lease.Token,
                LeaseMs = (long)lease.TotalMilliseconds,
                Swarm = task.Swarm,
                Spec = task.Spec,
                Dependencies = dependencies,
            });
        }

        _something.TrySetResult();
    }

    /// <summary>Told by the next renewal or report.</summary>
    public void Cancel(LeaseRef lease, string? reason, TimeSpan grace)
    {
    }

    public void Stop(LeaseRef lease, string reason)
    {
        lock (_lock) _leases.RemoveAll(l => l.Task == lease.Task && l.Token == lease.Token);
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
