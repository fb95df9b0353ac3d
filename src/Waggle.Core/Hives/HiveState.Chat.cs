using Waggle.Core.Access;
using Waggle.Core.Chat;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>What is cold: of conversations and notifications memory has those only that the batch is about.</summary>
internal sealed partial class HiveState
{
    private readonly Dictionary<string, ConversationEntity> _conversations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ChatMessageEntity> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NotificationEntity> _notifications = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SeenEntity> _seen = new(StringComparer.Ordinal);

    /// <summary>The offset of the last notification to everybody. After a load it is not known, and taken to be the last offset of all.</summary>
    public long LastToAll { get; private set; }

    public ConversationEntity? Conversation(string id) => _conversations.GetValueOrDefault(id);

    public ChatMessageEntity? ChatMessage(string id) => _messages.GetValueOrDefault(id);

    public NotificationEntity? Notification(string id) => _notifications.GetValueOrDefault(id);

    public SeenEntity? Seen(string segment) => _seen.GetValueOrDefault(segment);

    public long SeenThrough(string user) => Seen(Audience.SegmentOf(user))?.Through ?? 0;

    public bool IsTaken(EntityKey key) => key.Kind == ConversationEntity.Entity.Name && _conversations.ContainsKey(key.Id);

    public void PutCold(ConversationEntity conversation) => _conversations.TryAdd(conversation.Id, conversation);

    public void PutCold(ChatMessageEntity message) => _messages.TryAdd(message.Id, message);

    public void PutCold(NotificationEntity notification) => _notifications.TryAdd(notification.Id, notification);

    public void PutCold(SeenEntity seen) => _seen.TryAdd(Audience.SegmentOf(seen.User), seen);

    private void Apply(ChatRecord record, long offset, DateTimeOffset at)
    {
        if (record is ConversationOpened opened) Put(ChatEvolver.Open(opened, offset, at));
        if (record is not MessagePosted posted) return;
        var message = ChatEvolver.Message(posted, offset, at);
        _messages[message.Id] = message;
        _dirty.Add(message.Key);
        Put(ChatEvolver.Post(_conversations[posted.Conversation], at));
    }

    private void Apply(NotificationSent record, long offset, DateTimeOffset at)
    {
        var sent = NotificationEvolver.Create(record, offset, at);
        _notifications[sent.Id] = sent;
        _dirty.Add(sent.Key);
        if (record.To is null) LastToAll = offset;
        else Told(record.To, offset);
    }

    private void Apply(NotificationsSeen record, long offset, DateTimeOffset at)
    {
        var key = SeenEntity.KeyOf(record.User);
        _seen[key.Id] = NotificationEvolver.See(Seen(key.Id), record, offset, at);
        _dirty.Add(key);
    }

    private void Put(ConversationEntity conversation)
    {
        _conversations[conversation.Id] = conversation;
        _dirty.Add(conversation.Key);
    }

    private void ForgetCold()
    {
        _conversations.Clear();
        _messages.Clear();
        _notifications.Clear();
        _seen.Clear();
    }
}
