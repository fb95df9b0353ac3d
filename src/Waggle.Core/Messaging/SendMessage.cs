using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Messaging;

/// <summary>
/// Sends a message to an agent, or to agents by their places in the topology, all or none. The sender is the agent that the principal acts for, else its user.
/// </summary>
/// <param name="Agent">The agent; null if <paramref name="To"/> names agents by their places.</param>
/// <param name="Swarm">The swarm of <paramref name="To"/>; null for that of the agent that sends, else the default swarm.</param>
public sealed record SendMessage(
    string? Agent, MessageAudience? To, RawJson Content, string? Swarm = null, TimeSpan? Ttl = null, string? IdempotencyKey = null) : Command<MessagesSent>
{
    private static readonly TimeSpan StandardTtl = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeastTtl = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTtl = TimeSpan.FromDays(7);

    public override string Right => By.Agent is null ? Permissions.WriteAgents : Permissions.WorkTasks;

    public override bool Creates => true;

    public override int Bytes => Content.Utf8.Length;

    /// <summary>Converts a client's milliseconds; a value out of range stays out of range, so that the command refuses it.</summary>
    public static TimeSpan? After(long? ms) => ms is { } value ? TimeSpan.FromMilliseconds(Math.Clamp(value, -1, 100_000_000_000)) : null;

    public override Error? Malformed()
    {
        if (Agent is null == To is null) return Bad("A message names either an agent or the places of agents (to).");
        if (Agent is not null && !Ids.IsValid(Agent)) return Bad(Ids.Rule("agent", Agent));
        if (Swarm is not null && To is null) return Bad("swarm belongs to a message by the places of agents (to).");
        if (Content.IsNull) return Bad("content is missing: any JSON but null.");
        if (Content.Utf8.Length > Limits.MaxAgentMessageBytes)
            return new(ErrorCodes.TooLarge, $"content has at most {Limits.MaxAgentMessageBytes} bytes; it had {Content.Utf8.Length}.");
        return Ttl is { } ttl && (ttl < LeastTtl || ttl > LongestTtl)
            ? Bad($"ttl_ms is {LeastTtl.TotalMilliseconds:0} to {LongestTtl.TotalMilliseconds:0}; it was {ttl.TotalMilliseconds:0}.")
            : IdempotentId.Problem(IdempotencyKey);
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (IdempotencyKey is null) return;
        foreach (var agent in Recipients.Of(this, view).Agents) keys.Add(MessageEntity.KeyOf(IdFor(agent, view, 0)));
    }

    public override Decision<MessagesSent> Decide(IHiveView view, in DecisionContext context)
    {
        var (agents, problem) = Recipients.Of(this, view);
        if (problem is not null) return Decision.Reject(problem, []);
        var expires = context.Now + (Ttl ?? StandardTtl);
        var messages = new List<SentMessage>(agents.Count);
        var records = new List<RecordData>(2 * agents.Count);
        var waiting = view.View<IMessagingView>().WaitingBytes;
        foreach (var id in agents)
        {
            var message = IdFor(id, view, messages.Count);
            if (IdempotencyKey is not null && view.View<IMessagingView>().Message(message) is not null)
            {
                messages.Add(new(message, id, Duplicate: true));
                continue;
            }

            if (Full(view.View<IMessagingView>().Inbox(id), id, waiting += Bytes) is { } full) return Decision.Reject(full, []);
            messages.Add(new(message, id));
            records.Add(new MessageSent
            {
                Message = message,
                Agent = id,
                Swarm = view.Agent(id)!.Swarm,
                FromAgent = By.Agent,
                FromUser = By.Agent is null ? By.User : null,
                Bytes = Bytes,
                ExpiresAt = expires,
            });
            records.Add(new MessageKept(message, Content));
        }

        return Decision.Of(new MessagesSent(messages, expires), records);
    }

    private string IdFor(string agent, IHiveView view, int ahead) => IdempotencyKey is { } key
        ? IdempotentId.Of(IdPrefix.AgentMessage, By.Subject, key, agent)
        : view.NextId(IdPrefix.AgentMessage, ahead);

    private Error? Full(Inbox? inbox, string agent, long waiting)
    {
        if (inbox?.Count >= Limits.MaxInboxMessages)
            return Quota($"The inbox of agent '{agent}' has {Limits.MaxInboxMessages} messages that it has not acknowledged, as many as it may.");
        if (inbox?.Bytes + Bytes > Limits.MaxInboxBytes)
            return Quota($"The inbox of agent '{agent}' would have more than {Limits.MaxInboxBytes} bytes of messages that it has not acknowledged.");
        return waiting > Limits.MaxWaitingMessageBytes
            ? Quota($"The messages that wait for agents would have more than {Limits.MaxWaitingMessageBytes} bytes together.")
            : null;
    }

    private static Error Quota(string message) => new(ErrorCodes.QuotaExceeded, message);

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
