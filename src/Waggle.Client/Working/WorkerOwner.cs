using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Connects a worker's parts with its connection: it sends hello for the agent and handles the hub's messages about leases.</summary>
/// <param name="accept">Called with each assignment.</param>
/// <param name="ended">Called when no further connection will follow.</param>
internal sealed class WorkerOwner(
    WaggleWorkerOptions options,
    string secret,
    IReadOnlyList<string> types,
    WorkerState state,
    LeaseTable leases,
    LeaseReporter reporter,
    LeaseKeeper keeper,
    Drainer drainer,
    VoteCaster votes,
    MessageReceiver messages,
    Action<Assign> accept,
    Action<WaggleException> ended) : IConnectionOwner
{
    private long _helloAt;

    // After a restart the hub gives each lease one full period, within which the worker must reconnect.
    public TimeSpan? LongestPause => leases.ShortestLease() is { } lease ? lease / 3 : null;

    public Hello CreateHello()
    {
        _helloAt = options.Time.GetTimestamp();
        return Hellos.Create(options, new AgentHello
        {
            Id = state.AgentId,
            Name = options.AgentName,
            Secret = secret,
            Swarm = options.Swarm,
            Capabilities = options.Capabilities,
            Types = types.Count > 0 ? types : null,
            Slots = state.Slots,
            Holding = [.. leases.All().Select(w => w.Lease)],
            SpawnToken = options.SpawnToken,
        });
    }

    public void Connected(Welcome welcome, int generation)
    {
        if (welcome.Agent is { } agent)
        {
            state.AgentId = agent.Id;
            foreach (var lease in agent.Keep)
            {
                if (leases.TryGet(lease, out var work)) work.Renewed(_helloAt);
            }

            // The worker still sends a result that is ready: the hub accepts a lapsed last token while no other agent has the task.
            foreach (var lease in agent.Stop) reporter.Stop(lease, "The hub no longer knows the lease.");
        }

        keeper.Welcomed(welcome.HeartbeatMs);
        if (state.IsStopping || drainer.IsDraining) _ = drainer.SendAsync();
    }

    public void Received(HubMessage received)
    {
        switch (received)
        {
            case Assign assign:
                accept(assign);
                break;
            case Cancel cancel:
                reporter.Cancel(new LeaseRef(cancel.Task, cancel.Attempt, cancel.Token), cancel.Reason);
                break;
            case Stop stop:
                reporter.Stop(new LeaseRef(stop.Task, stop.Attempt, stop.Token), stop.Reason);
                break;
            case Answered answered:
                reporter.Answered(new LeaseRef(answered.Task, answered.Attempt, answered.Token), answered.Answer);
                break;
            case VoteRequested request:
                votes.Request(request);
                break;
            case AgentMessage message:
                messages.Receive(message);
                break;
        }
    }

    public ValueTask FrameReadAsync(CancellationToken cancel) => default;

    // A name in use at the start is a mistake to report at once. Later it means that another worker took the name while this one was away.
    public bool GivesUpOn(WaggleException refusal, int generation) =>
        refusal.Code == ErrorCodes.AgentInUse && generation == 0 && !options.WaitWhileInUse;

    public void Ended(WaggleException reason) => ended(reason);
}
