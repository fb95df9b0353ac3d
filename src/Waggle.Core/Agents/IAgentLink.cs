using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>
/// The link to a connected worker. The owner's loop calls it after the commit, so it must not block. It never drops a message: a link that cannot take one
/// closes itself, and the worker resumes.
/// </summary>
public interface IAgentLink
{
    void Assign(Assignment assignment);

    void Cancel(LeaseRef lease, string? reason, TimeSpan grace);

    void Stop(LeaseRef lease, string reason);

    /// <summary>Asks the worker for the vote of its agent.</summary>
    void RequestVote(VoteRequested request);

    /// <summary>Brings the answer to a question for which the worker waits. A worker that polls over HTTP reads it itself.</summary>
    void AnswerQuestion(LeaseRef lease, QuestionAnswer answer)
    {
    }

    /// <summary>Whether the worker receives messages to its agent; one that polls over HTTP fetches them itself.</summary>
    bool TakesMessages => false;

    /// <summary>Delivers a message to the agent.</summary>
    void Deliver(AgentMessage message)
    {
    }

    /// <summary>A newer connection of the same agent took over, or the agent was removed.</summary>
    void Close(int code, string reason);
}

/// <summary>A task that an agent is to work on.</summary>
/// <param name="Period">The duration of the lease without a renewal.</param>
/// <param name="Dependencies">The tasks that it waited for; null where it waited for none.</param>
public sealed record Assignment(LeaseRef Lease, string Swarm, TaskSpec Spec, TimeSpan Period, IReadOnlyList<Dependency>? Dependencies)
{
    /// <summary>The answers to the questions of earlier attempts, the newest last; null for a task without any.</summary>
    public IReadOnlyList<QuestionAnswer>? Answers { get; init; }

    /// <summary>The checkpoint that an earlier attempt kept; JSON null for a task without one.</summary>
    public RawJson Checkpoint { get; init; }

    /// <summary>The parts of the input that are too large for an assignment; they are null in the input.</summary>
    public IReadOnlyList<InputRef>? InputRefs { get; init; }
}
