using Waggle.Core.Kernel;

namespace Waggle.Core.Chat;

/// <summary>The conversations that the batch concerns, as a decision sees them.</summary>
internal interface IChatView
{
    ConversationEntity? Conversation(string id);

    ChatMessageEntity? Message(string id);
}

internal sealed class ChatState : FeatureState, IChatView
{
    private readonly EntityTable<ConversationEntity> _conversations;
    private readonly EntityTable<ChatMessageEntity> _messages;

    public ChatState(HiveContext hive)
    {
        _conversations = hive.Table(ChatFeature.Conversations);
        _messages = hive.Table(ChatFeature.Messages);
        hive.On<ConversationOpened>((r, offset, at) => _conversations.Put(ChatEvolver.Open(r, offset, at)));
        hive.On<MessagePosted>(Post);
        hive.On<ChatErased>((erased, _, _) => Erase(erased.Messages));
        hive.Views.Add<IChatView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public ConversationEntity? Conversation(string id) => _conversations[id];

    public ChatMessageEntity? Message(string id) => _messages[id];

    private void Post(MessagePosted posted, long offset, DateTimeOffset at)
    {
        _messages.Put(ChatEvolver.Message(posted, offset, at));
        _conversations.Put(ChatEvolver.Post(_conversations[posted.Conversation]!, at));
    }

    private void Erase(IReadOnlyList<string> messages)
    {
        foreach (var id in messages) _messages.Put(_messages[id]! with { Content = PurgedText.Text });
    }

    private sealed class Reachable(IChatView whole, Principal by) : IChatView
    {
        public ConversationEntity? Conversation(string id) =>
            whole.Conversation(id) is { } conversation && by.Reaches(conversation.Swarm) ? conversation : null;

        public ChatMessageEntity? Message(string id) => whole.Message(id) is { } message && Conversation(message.Conversation) is not null ? message : null;
    }
}

internal static class ChatViewExtensions
{
    extension(IHiveView view)
    {
        public ConversationEntity? Conversation(string id) => view.View<IChatView>().Conversation(id);

        public ChatMessageEntity? ChatMessage(string id) => view.View<IChatView>().Message(id);
    }
}
