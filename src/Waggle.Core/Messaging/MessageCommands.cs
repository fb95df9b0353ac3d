using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Messaging;

/// <summary>Ends messages that the principal's agent has handled, or could not handle. A message that ended before is no error.</summary>
/// <param name="Failed">Why the agent could not handle them; null if it did. All who may read the agents see it.</param>
public sealed record AcknowledgeMessages(IReadOnlyList<string> Messages, string? Failed = null) : Command<MessagesAcknowledged>
{
    public override string Right => Permissions.WorkTasks;

    public override Error? Malformed()
    {
        if (Messages.Count is 0 or > Limits.MaxInboxMessages)
            return new(ErrorCodes.InvalidRequest, $"messages has 1 to {Limits.MaxInboxMessages} entries; there were {Messages.Count}.");
        return Messages.Contains(null!)
            ? new(ErrorCodes.InvalidRequest, "messages holds a null.")
            : TextRules.Problem("failed", Failed, Limits.MaxMessageFailedLength);
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        foreach (var id in Messages)
        {
            if (view.View<IMessagingView>().Message(id) is null) keys.Add(MessageEntity.KeyOf(id));
        }
    }

    public override Decision<MessagesAcknowledged> Decide(IHiveView view, in DecisionContext context)
    {
        if (By.Agent is not { } agent) return Decision.Reject(ErrorCodes.NotAnAgent, "This connection has no agent: name one in hello.");
        var records = new List<RecordData>();
        foreach (var id in Messages.Distinct(StringComparer.Ordinal))
        {
            if (view.View<IMessagingView>().Message(id) is not { } message || message.Agent != agent)
                return Decision.Reject(ErrorCodes.NotFound, $"Agent '{agent}' has no message '{PlainText.Clip(id, 80)}'.");
            if (message.ClosedAt is not null) continue;
            records.Add(new MessageAcknowledged
            {
                Message = id,
                Agent = agent,
                Swarm = message.Swarm,
                FromAgent = message.FromAgent,
                FromUser = message.FromUser,
                WaitedMs = (long)(context.Now - message.SentAt).TotalMilliseconds,
                Failed = Failed,
            });
        }

        return Decision.Of(new MessagesAcknowledged(records.Count), records);
    }
}

/// <summary>Lists the messages that wait for the principal's agent, the oldest first, for a worker that polls.</summary>
public sealed record ReadInbox(int Limit = 100) : Command<InboxPage>
{
    public override string Right => Permissions.WorkTasks;

    internal override bool OnlyReads => true;

    public override Error? Malformed() =>
        Limit is < 1 or > Limits.MaxInboxMessages ? new(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxInboxMessages}; it was {Limit}.") : null;

    public override Decision<InboxPage> Decide(IHiveView view, in DecisionContext context)
    {
        if (By.Agent is not { } agent) return Decision.Reject(ErrorCodes.NotAnAgent, "This connection has no agent: name one in hello.");
        var messages = new List<AgentMessage>();
        var bytes = 0L;
        var inbox = view.View<IMessagingView>().Inbox(agent);
        foreach (var message in inbox?.Messages ?? [])
        {
            if (messages.Count == Limit || (bytes += message.Bytes) > Limits.MaxMessageBytes / 2) break;
            messages.Add(MessageViews.Of(message));
        }

        return Decision.Of(new InboxPage(messages, inbox?.Count ?? 0));
    }
}

/// <summary>Ends a message whose time is over.</summary>
internal sealed record ExpireMessage(string Message) : Command<NoResult>
{
    public override string Right => Permissions.WriteAgents;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.View<IMessagingView>().Message(Message) is { ClosedAt: null } message && message.ExpiresAt <= context.Now
            ? Decision.OfRecords(Expired(message, "expired"))
            : Decision.Nothing;

    public static MessageExpired Expired(MessageEntity message, string reason) => new()
    {
        Message = message.Id,
        Agent = message.Agent,
        Swarm = message.Swarm,
        FromAgent = message.FromAgent,
        FromUser = message.FromUser,
        Reason = reason,
    };
}

/// <summary>Ends the messages of an agent that was removed.</summary>
internal sealed record DropInbox(string Agent) : Command<NoResult>
{
    public override string Right => Permissions.WriteAgents;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        Decision.OfRecords([.. view.View<IMessagingView>().Inbox(Agent)?.Messages.Select(m => ExpireMessage.Expired(m, "agent_removed")) ?? []]);
}
