using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Chat;

/// <summary>Lists the conversations that the principal may see, the newest first, one page at a time.</summary>
public sealed record ListConversations(string? Swarm = null, string? Cursor = null, int Limit = 100) : Query<ConversationPage>
{
    internal override async Task<Outcome<ConversationPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadChat, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        if (Swarm is not null && !By.Reaches(Swarm)) return new(null, new(ErrorCodes.Forbidden, By.OutOfReach(Swarm)), reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Swarm is not null) equal["swarm"] = [Swarm];
        else if (By.Swarms is { } reached) equal["swarm"] = [.. reached];
        var query = new EntityQuery(ConversationEntity.Entity.Name, equal, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, ChatFeature.Conversations, c => By.TakesPartIn(c.Participants), cancel);
        return new(new ConversationPage([.. found.Select(ChatViews.Of)], next), null, at);
    }
}

/// <summary>Lists the messages of a conversation, the newest first by default.</summary>
public sealed record ListMessages(string Conversation, string? Cursor = null, int Limit = 100, bool Ascending = false) : Query<ChatMessagePage>
{
    internal override async Task<Outcome<ChatMessagePage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadChat, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        var shown = await reader.AskAsync(new ShowConversation(Conversation) { By = By }, cancel);
        if (shown.Error is not null) return new(null, shown.Error, shown.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["conversation"] = [Conversation] };
        var query = new EntityQuery(ChatMessageEntity.Entity.Name, equal, Ascending, PageRules.SeqOf(Cursor), Limit);
        var (found, next, at) = await reader.PageAsync(query, ChatFeature.Messages, _ => true, cancel);
        return new(new ChatMessagePage([.. found.Select(ChatViews.Of)], next), null, at);
    }
}
