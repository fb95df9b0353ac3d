using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;

namespace Waggle.Core.Chat;

/// <summary>The base of a conversation's records, with the conversation's id, title and audience.</summary>
public abstract record ChatRecord : RecordData
{
    public required string Conversation { get; init; }
    public string? Title { get; init; }

    /// <summary>The subjects that may read the conversation; null permits every reader of chat.</summary>
    public IReadOnlyList<string>? Participants { get; init; }

    [JsonIgnore]
    public sealed override string Topic => field ??= $"chat.{Conversation}";

    [JsonIgnore]
    internal sealed override IReadOnlyList<string>? Readers => Participants;
}

public sealed record ConversationOpened : ChatRecord
{
    [JsonIgnore]
    public override string Kind => "conversation_opened";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Conversation, Conversation);

    public required string OpenedBy { get; init; }
}

public sealed record MessagePosted : ChatRecord
{
    [JsonIgnore]
    public override string Kind => "message_posted";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Message, Message);

    internal override RecordData Erased() => this with { Content = PurgedText.Text };

    public required string Message { get; init; }

    /// <summary>The subject or agent that posted the message.</summary>
    public required string Sender { get; init; }

    /// <summary>The name of the agent, if an agent posted the message.</summary>
    public string? SenderName { get; init; }
    public required string Content { get; init; }
}
