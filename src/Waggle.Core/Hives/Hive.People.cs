using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Chat;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // A reader may see few of many: what a page looks at is bounded, and it may be short for that.
    private const int MaxLooked = 1000;

    public async Task<Outcome> ListConversationsAsync(Principal by, string? swarm, string? cursor, int limit, CancellationToken cancel)
    {
        if (Refusal(by, "chat", cursor, limit) is { } refusal) return refusal;
        if (swarm is not null && !by.Reaches(swarm)) return Refuse(ErrorCodes.Forbidden, by.OutOfReach(swarm));
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (swarm is not null) equal["swarm"] = [swarm];
        else if (by.Swarms is { } reached) equal["swarm"] = [.. reached];
        var query = new EntityQuery(ConversationEntity.Entity.Name, equal, After: SeqOf(cursor), Limit: limit);
        var (found, next, at) = await LookAsync(query, ChatFeature.Conversations, c => by.TakesPartIn(c.Participants), cancel);
        return new Outcome(new ConversationPage([.. found.Select(ChatViews.Of)], next), null, at);
    }

    public async Task<Outcome> ListMessagesAsync(Principal by, string conversation, string? cursor, int limit, bool ascending, CancellationToken cancel)
    {
        if (Refusal(by, "chat", cursor, limit) is { } refusal) return refusal;
        var shown = await AskAsync(new ShowConversation(conversation) { By = by }, cancel);
        if (shown.Error is not null) return shown;
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["conversation"] = [conversation] };
        var query = new EntityQuery(ChatMessageEntity.Entity.Name, equal, ascending, SeqOf(cursor), limit);
        var (found, next, at) = await LookAsync(query, ChatFeature.Messages, _ => true, cancel);
        return new Outcome(new ChatMessagePage([.. found.Select(ChatViews.Of)], next), null, at);
    }

    public async Task<Outcome> ListUnseenAsync(Principal by, string? cursor, int limit, CancellationToken cancel)
    {
        if (Refusal(by, "notifications", cursor, limit) is { } refusal) return refusal;
        var asked = await AskAsync(new AskSeen { By = by }, cancel);
        if (asked.Value is not long seen) return asked;
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["recipient"] = [NotificationEntity.Recipient(null), NotificationEntity.Recipient(by.User)],
        };
        var query = new EntityQuery(NotificationEntity.Entity.Name, equal, Ascending: true, Math.Max(seen, SeqOf(cursor) ?? 0), limit);
        var (found, next, at) = await LookAsync(query, NotificationFeature.Notifications, n => n.To is not null || by.Reaches(n.Swarm), cancel);
        return new Outcome(new NotificationPage([.. found.Select(NotificationViews.Of)], next), null, at);
    }

    /// <summary>A page of what a reader may see; the cursor is null once there is no more.</summary>
    private async Task<(List<T> Found, string? Cursor, Position At)> LookAsync<T>(EntityQuery query, EntityType<T> type, Func<T, bool> sees, CancellationToken cancel)
        where T : class
    {
        var found = new List<T>();
        var (looked, bytes, more) = (0, 0, true);
        Position? at = null;
        var after = query.After;
        await BeginReadAsync(cancel);
        try
        {
            while (more && found.Count < query.Limit && looked < MaxLooked && bytes < MaxPageBytes)
            {
                var page = await _store.QueryAsync(Options.Hive, query with { After = after, Limit = PageSlice }, cancel);
                at ??= page.At;
                more = page.Entities.Count == PageSlice;
                foreach (var entity in page.Entities)
                {
                    if (found.Count == query.Limit || bytes >= MaxPageBytes)
                    {
                        more = true;
                        break;
                    }

                    looked++;
                    after = entity.Seq;
                    if (!_stored.TryParse(entity, type, out var one) || !sees(one)) continue;
                    found.Add(one);
                    bytes += entity.Body.Length;
                }
            }
        }
        finally
        {
            _outsideReads.Release();
        }

        return (found, more ? after?.ToString(CultureInfo.InvariantCulture) : null, at ?? Head);
    }

    private Outcome? Refusal(Principal by, string resource, string? cursor, int limit)
    {
        if (!by.Allowed("read", resource)) return Refuse(ErrorCodes.Forbidden, by.Missing("read", resource));
        if (limit is < 1 or > Limits.MaxPageSize) return Refuse(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxPageSize}; it was {limit}.");
        return cursor is not null && SeqOf(cursor) is null ? Refuse(ErrorCodes.InvalidRequest, "cursor is what the answer before it gave.") : null;
    }

    private Outcome Refuse(string code, string message) => new(null, new Error(code, message), Head);

    private static long? SeqOf(string? cursor) => long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;
}
