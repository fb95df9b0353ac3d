using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class WaggleWorker
{
    internal void Stop(LeaseRef lease, string reason)
    {
        if (_leases.TryGet(lease, out var work)) work.Cancel(CancelCause.Stopped, reason);
    }

    internal void Cancel(LeaseRef lease, string? reason)
    {
        if (_leases.TryGet(lease, out var work)) work.Cancel(CancelCause.TaskCancelled, reason);
    }

    private void Accept(Assign assign)
    {
        var work = new TaskWork(this, assign, Time.GetTimestamp());
        if (!_leases.TryAdd(work)) return;
        Resumed();
        _options.OnAssigned?.Invoke(assign);
        _keeper.Consider(assign.LeaseMs);
        if (_stopping) ReleaseNow(work);
        else ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    private sealed class Owner(WaggleWorker worker) : IConnectionOwner
    {
        private long _helloAt;

        public Hello CreateHello()
        {
            var options = worker._options;
            _helloAt = worker.Time.GetTimestamp();
            return Hellos.Create(options, new AgentHello
            {
                Id = worker.AgentId,
                Name = options.AgentName,
                Secret = options.Secret ?? ProcessSecret.Value,
                Swarm = options.Swarm,
                Capabilities = options.Capabilities,
                Types = worker.Types is { Count: > 0 } types ? types : null,
                Slots = options.Slots,
                Holding = [.. worker._leases.All().Select(w => w.Lease)],
            });
        }

        public void Connected(Welcome welcome, int generation)
        {
            if (welcome.Agent is { } agent)
            {
                worker.AgentId = agent.Id;
                foreach (var lease in agent.Keep)
                {
                    if (worker._leases.TryGet(lease, out var work)) work.Renewed(_helloAt);
                }

                // What has ended is still offered: a lapsed last token is taken while nobody else has the task.
                foreach (var lease in agent.Stop) worker.Stop(lease, "The hub no longer knows the lease.");
            }

            worker._keeper.Welcomed(welcome.HeartbeatMs);
            if (worker._stopping || Volatile.Read(ref worker._drain) != DrainState.None) _ = worker.DrainAgain();
        }

        public void Received(HubMessage message)
        {
            switch (message)
            {
                case Assign assign:
                    worker.Accept(assign);
                    break;
                case Cancel cancel:
                    worker.Cancel(new LeaseRef(cancel.Task, cancel.Attempt, cancel.Token), cancel.Reason);
                    break;
                case Stop stop:
                    worker.Stop(new LeaseRef(stop.Task, stop.Attempt, stop.Token), stop.Reason);
                    break;
            }
        }

        public ValueTask FrameReadAsync(CancellationToken cancel) => default;

        // A name that is taken from the start is a mistake to be told at once. Later it means that somebody took it while this worker was away.
        public bool GivesUpOn(WaggleException refusal, int generation) =>
            refusal.Code == ErrorCodes.AgentInUse && generation == 0 && !worker._options.WaitWhileInUse;

        // A hub that is back gives each lease one full period: the worker has to be there within it.
        public TimeSpan? LongestPause => worker._leases.ShortestLease() is { } lease ? lease / 3 : null;

        public void Ended(WaggleException reason) => worker.Ended(reason);
    }
}
