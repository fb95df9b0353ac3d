using Waggle.Core.Agents;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Support;

/// <summary>A worker's link that records the messages it received.</summary>
internal sealed class FakeLink : IAgentLink
{
    public List<LeaseRef> Assigned { get; } = [];

    public List<Assignment> Assignments { get; } = [];

    public List<(LeaseRef Lease, string? Reason, TimeSpan Grace)> Cancels { get; } = [];

    public List<(LeaseRef Lease, string Reason)> Stops { get; } = [];

    public List<int> Closes { get; } = [];

    public void Assign(Assignment assignment)
    {
        Assigned.Add(assignment.Lease);
        Assignments.Add(assignment);
        Dependencies = assignment.Dependencies;
        Given = assignment;
    }

    /// <summary>The last assignment.</summary>
    public Assignment? Given { get; private set; }

    /// <summary>The answers that came while the worker held its task.</summary>
    public List<(LeaseRef Lease, QuestionAnswer Answer)> Answers { get; } = [];

    public void AnswerQuestion(LeaseRef lease, QuestionAnswer answer) => Answers.Add((lease, answer));

    /// <summary>The dependencies of the last assignment.</summary>
    public IReadOnlyList<Dependency>? Dependencies { get; private set; }

    public void Cancel(LeaseRef lease, string? reason, TimeSpan grace) => Cancels.Add((lease, reason, grace));

    public void Stop(LeaseRef lease, string reason) => Stops.Add((lease, reason));

    public List<VoteRequested> VoteRequests { get; } = [];

    public void RequestVote(VoteRequested request) => VoteRequests.Add(request);

    /// <summary>Whether it stands for a connection, or for a poll over HTTP.</summary>
    public bool TakesMessages { get; init; } = true;

    public List<AgentMessage> Messages { get; } = [];

    public void Deliver(AgentMessage message) => Messages.Add(message);

    public void Close(int code, string reason) => Closes.Add(code);
}
