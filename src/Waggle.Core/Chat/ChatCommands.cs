using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Chat;

/// <summary>Opens a conversation. With an id of the client's choice, a repeated request finds the conversation that exists.</summary>
/// <param name="Participants">The subjects that may read the conversation, besides the one that opens it; null for a conversation that is not private.</param>
/// <param name="Swarm">The swarm that a reader must reach; null for a conversation of the whole hive.</param>
public sealed record OpenConversation(string? Id, string? Title = null, string? Swarm = null, IReadOnlyList<string>? Participants = null)
    : Command<ConversationView>
{
    private const int LookAhead = 4;

    public override string Right => Permissions.WriteChat;

    public override bool Creates => true;

    public override string? Refusal(IHiveView hive) => By.Reaches(Swarm) ? null
        : Swarm is null ? $"'{By.Subject}' is limited to swarms: a conversation of its names one of them." : By.OutOfReach(Swarm);

    public override Error? Malformed()
    {
        if (Id is not null && !Ids.IsValid(Id)) return Bad(Ids.Rule("conversation", Id));
        if (Swarm is not null && !Ids.IsValid(Swarm)) return Bad(Ids.Rule("swarm", Swarm));
        if (Title is { Length: 0 or > Limits.MaxTitleLength }) return Bad($"title has 1 to {Limits.MaxTitleLength} characters.");
        if (Participants is null) return null;
        if (Participants.Count is 0 or > Limits.MaxParticipants)
            return Bad($"participants has 1 to {Limits.MaxParticipants} entries; there were {Participants.Count}.");
        for (var i = 0; i < Participants.Count; i++)
        {
            if (Participants[i] is null) return Bad("participants holds a null.");
            if (TextRules.SubjectProblem($"participants[{i}]", Participants[i]) is { } problem) return problem;
        }

        return null;
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (Id is not null) keys.Add(new(ConversationEntity.Entity.Name, Id));

        // A client of an earlier version may have chosen an id of the hub's own form.
        for (var i = 0; Id is null && i < LookAhead; i++) keys.Add(new(ConversationEntity.Entity.Name, view.NextId(IdPrefix.Conversation, i)));
    }

    public override Decision<ConversationView> Decide(IHiveView view, in DecisionContext context)
    {
        if (Swarm is not null && view.Swarm(Swarm) is null) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Swarm}'.");
        var id = Id ?? FreeId(view);
        IReadOnlyList<string>? participants = Participants is null
            ? null
            : [.. Participants.Append(By.User).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (ChatViews.For(view, id, By) is { } there)
        {
            return there.Title == Title && there.Swarm == Swarm && SamePeople(there.Participants, participants)
                ? Decision.Of(ChatViews.Of(there) with { Duplicate = true })
                : Taken(id);
        }

        if (view.IsTaken(new(ConversationEntity.Entity.Name, id))) return Taken(id);
        var opened = new ConversationOpened { Conversation = id, Title = Title, Participants = participants, OpenedBy = By.Subject, Swarm = Swarm };
        return Decision.Of(ChatViews.Of(ChatEvolver.Open(opened, view.NextOffset, context.Now)), opened);
    }

    private static string FreeId(IHiveView view)
    {
        var ahead = 0;
        while (view.IsTaken(new(ConversationEntity.Entity.Name, view.NextId(IdPrefix.Conversation, ahead)))) ahead++;
        return view.NextId(IdPrefix.Conversation, ahead);
    }

    private static bool SamePeople(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        one is null ? other is null : other is not null && one.SequenceEqual(other, StringComparer.Ordinal);

    private static Effect Taken(string id) => Decision.Reject(ErrorCodes.AlreadyExists, $"There is a conversation '{id}' already, another one than this.");

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}

/// <summary>
/// Posts a message in a conversation. The sender is the agent that the principal acts for, else the principal itself, and never another subject.
/// </summary>
public sealed record PostMessage(string Conversation, string Content, string? IdempotencyKey = null) : Command<ChatMessageView>
{
    public override string Right => Permissions.WriteChat;

    public override bool Creates => true;

    public override int Bytes => Content.Length;

    public override Error? Malformed()
    {
        if (!Ids.IsValid(Conversation)) return new(ErrorCodes.InvalidRequest, Ids.Rule("conversation", Conversation));
        if (string.IsNullOrWhiteSpace(Content)) return new(ErrorCodes.InvalidRequest, "content is empty.");
        return TextRules.Problem("content", Content) ?? IdempotentId.Problem(IdempotencyKey);
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        keys.Add(new(ConversationEntity.Entity.Name, Conversation));
        if (IdempotencyKey is not null) keys.Add(new(ChatMessageEntity.Entity.Name, Id(view)));
    }

    public override Decision<ChatMessageView> Decide(IHiveView view, in DecisionContext context)
    {
        if (ChatViews.For(view, Conversation, By) is not { } conversation) return ChatViews.Missing(Conversation);
        var id = Id(view);
        if (IdempotencyKey is not null && view.ChatMessage(id) is { } first)
        {
            return first.Content == Content
                ? Decision.Of(ChatViews.Of(first) with { Duplicate = true })
                : IdempotentId.Conflict(IdempotencyKey, $"message {id}");
        }

        if (conversation.Messages >= Limits.MaxMessagesPerConversation)
            return Decision.Reject(ErrorCodes.TooLarge,
                $"Conversation '{Conversation}' has {Limits.MaxMessagesPerConversation} messages, as many as one may: open another.");
        var posted = new MessagePosted
        {
            Conversation = Conversation,
            Title = conversation.Title,
            Participants = conversation.Participants,
            Message = id,
            Sender = By.Subject,
            SenderName = By.Agent is { } agent ? view.Agent(agent)?.Name : null,
            Content = Content,
            Swarm = conversation.Swarm,
        };
        return Decision.Of(ChatViews.Of(ChatEvolver.Message(posted, view.NextOffset, context.Now)), posted);
    }

    private string Id(IHiveView view) =>
        IdempotencyKey is null ? view.NextId(IdPrefix.Message) : IdempotentId.Of("m", Conversation, By.Subject, IdempotencyKey);
}

public sealed record ShowConversation(string Id) : Command<ConversationView>
{
    public override string Right => Permissions.ReadChat;

    public override Error? Malformed() => Ids.IsValid(Id) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("conversation", Id));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => keys.Add(new(ConversationEntity.Entity.Name, Id));

    public override Decision<ConversationView> Decide(IHiveView view, in DecisionContext context) =>
        ChatViews.For(view, Id, By) is { } conversation ? Decision.Of(ChatViews.Of(conversation)) : ChatViews.Missing(Id);
}
