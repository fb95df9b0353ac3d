namespace Waggle.Core.Chat;

/// <summary>Computes the stored entities from a record. Pure.</summary>
internal static class ChatEvolver
{
    public static ConversationEntity Open(ConversationOpened r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Conversation,
        Seq = offset,
        Title = r.Title,
        Swarm = r.Swarm,
        Participants = r.Participants,
        CreatedAt = at,
        CreatedBy = r.OpenedBy,
    };

    public static ConversationEntity Post(ConversationEntity conversation, DateTimeOffset at) =>
        conversation with { Messages = conversation.Messages + 1, LastMessageAt = at };

    public static ChatMessageEntity Message(MessagePosted r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Message,
        Seq = offset,
        Conversation = r.Conversation,
        Sender = r.Sender,
        SenderName = r.SenderName,
        Content = r.Content,
        At = at,
    };
}
