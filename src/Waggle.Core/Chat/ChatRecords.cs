using System.Text.Json.Serialization;
using Waggle.Core.Hives;
using Waggle.Core.Identifiers;

namespace Waggle.Core.Chat;

/// <summary>What every record of a conversation says: which, what it is called, and whom it is for.</summary>
public abstract record ChatRecord : RecordData
{
    public required string Conversation { get; init; }
    public string? Title { get; init; }

    /// <summary>Null: it is for whoever may read chat.</summary>
    public IReadOnlyList<string>? Participants { get; init; }

    [JsonIgnore]
    public sealed override string Topic => field ??= $"chat.{Conversation}";
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

    public required string Message { get; init; }

    /// <summary>The subject, or the agent, that said it.</summary>
    public required string Sender { get; init; }

    /// <summary>What an agent is called.</summary>
    public string? SenderName { get; init; }
    public required string Content { get; init; }
}
