using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Messaging;

/// <summary>The messages that wait for agents as a decision sees them.</summary>
internal interface IMessagingView
{
    /// <summary>A message that waits, or that the batch fetched or changed.</summary>
    MessageEntity? Message(string id);

    /// <summary>The messages that wait for an agent; null if there is none.</summary>
    Inbox? Inbox(string agent);

    /// <summary>The bytes of the contents that wait for all agents.</summary>
    long WaitingBytes { get; }
}

/// <summary>The messages that wait for agents, and their delivery to the workers that are connected.</summary>
internal sealed class MessagingState : FeatureState, IMessagingView
{
    private readonly HiveContext _hive;
    private readonly IAgentView _agents;
    private readonly EntityTable<MessageEntity> _messages;
    private readonly Dictionary<string, Inbox> _inboxes = new(StringComparer.Ordinal);
    private readonly MessagingMetrics _metrics;

    public MessagingState(HiveContext hive, IAgentView agents)
    {
        _hive = hive;
        _agents = agents;
        _metrics = MessagingMetrics.Of(hive.Metrics);
        _messages = hive.Table(MessagingFeature.Messages);
        hive.Timer(MessageEntity.Entity.Name, id => new ExpireMessage(id) { By = hive.Hub });
        hive.On<MessageSent>(Send);
        hive.On<MessageKept>((kept, _, _) => Keep(kept));
        hive.On<MessageAcknowledged>((r, _, at) => Close(r, at));
        hive.On<MessageExpired>((r, _, at) => Close(r, at));
        hive.On<AgentAttached>((attached, _, _) => Attach(attached));
        hive.On<AgentRemoved>((removed, _, _) => Drop(removed.Agent));
        hive.Views.Add<IMessagingView>(this, static (whole, _, _) => whole);
    }

    public long WaitingBytes { get; private set; }

    public MessageEntity? Message(string id) => _messages[id];

    public Inbox? Inbox(string agent) => _inboxes.GetValueOrDefault(agent);

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var message in _messages.Open)
        {
            Put(message);
            _hive.Timers.Set(message.Key, message.ExpiresAt);
        }
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, _messages.OpenCount);

    public override void Reset()
    {
        _inboxes.Clear();
        WaitingBytes = 0;
    }

    private void Send(MessageSent sent, long offset, DateTimeOffset at) => _messages.Put(new MessageEntity
    {
        Id = sent.Message,
        Seq = offset,
        Agent = sent.Agent,
        Swarm = sent.Swarm!,
        FromAgent = sent.FromAgent,
        FromUser = sent.FromUser,
        Bytes = sent.Bytes,
        SentAt = at,
        ExpiresAt = sent.ExpiresAt,
    });

    private void Keep(MessageKept kept)
    {
        var message = _messages[kept.Message]! with { Content = kept.Content };
        _messages.Put(message);
        Put(message);
        _hive.Timers.Set(message.Key, message.ExpiresAt);
        Deliver(message.Agent);
    }

    private void Put(MessageEntity message)
    {
        if (!_inboxes.TryGetValue(message.Agent, out var inbox)) _inboxes[message.Agent] = inbox = new Inbox();
        inbox.Add(message);
        WaitingBytes += message.Bytes;
    }

    private void Close(MessageRecord record, DateTimeOffset at)
    {
        var message = _messages[record.Message]!;
        _messages.Put(message with { ClosedAt = at, Content = default });
        _hive.Timers.Set(message.Key, null);
        WaitingBytes -= message.Bytes;
        var inbox = _inboxes[message.Agent];
        inbox.Remove(message);
        if (inbox.Count == 0) _inboxes.Remove(message.Agent);
        else Deliver(message.Agent);
    }

    private void Attach(AgentAttached attached)
    {
        if (Inbox(attached.Agent) is not { } inbox) return;
        inbox.Restart();
        Deliver(attached.Agent);
    }

    // A worker that polls over HTTP fetches its messages itself.
    private void Deliver(string agent)
    {
        if (_agents.Presence(agent)?.Link is not { TakesMessages: true } link || Inbox(agent) is not { } inbox) return;
        foreach (var message in inbox.Take())
        {
            var shown = MessageViews.Of(message);
            _hive.Messages.Add(() => link.Deliver(shown));
        }
    }

    private void Drop(string agent)
    {
        if (_inboxes.ContainsKey(agent)) _hive.Reactions.Enqueue(new DropInbox(agent) { By = _hive.Hub });
    }
}

internal static class MessageViews
{
    public static AgentMessage Of(MessageEntity message) => new()
    {
        Message = message.Id,
        Agent = message.Agent,
        Swarm = message.Swarm,
        FromAgent = message.FromAgent,
        FromUser = message.FromUser,
        Content = message.Content,
        SentAt = message.SentAt,
        ExpiresAt = message.ExpiresAt,
    };
}
