using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Chat;

/// <summary>Builds the views of conversations and messages.</summary>
internal static class ChatViews
{
    /// <summary>Returns the conversation if the reader may see it; a private conversation is absent for others.</summary>
    public static ConversationEntity? For(IHiveView view, string id, Principal by) =>
        view.Conversation(id) is { } conversation && by.TakesPartIn(conversation.Participants) ? conversation : null;

    public static Effect Missing(string id) => Decision.Reject(ErrorCodes.NotFound, $"There is no conversation '{id}'.");

    public static ConversationView Of(ConversationEntity c) => new()
    {
        Id = c.Id,
        Title = c.Title,
        Swarm = c.Swarm,
        Participants = c.Participants,
        CreatedAt = c.CreatedAt,
        CreatedBy = c.CreatedBy,
        Messages = c.Messages,
        LastMessageAt = c.LastMessageAt,
    };

    public static ChatMessageView Of(ChatMessageEntity m) => new()
    {
        Id = m.Id,
        Conversation = m.Conversation,
        Sender = m.Sender,
        SenderName = m.SenderName,
        Content = m.Content,
        At = m.At,
    };
}
