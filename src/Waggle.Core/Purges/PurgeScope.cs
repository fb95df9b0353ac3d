using Waggle.Core.Chat;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>Finds what is stored of the task or the subject that a purge is about.</summary>
internal static class PurgeScope
{
    private const int Slice = 200;
    private static readonly Dictionary<string, IReadOnlyList<string>> Any = new(StringComparer.Ordinal);

    /// <summary>Returns a page of the tasks that a purge is about, the oldest first. The cursor is null on the last page.</summary>
    /// <param name="before">The offset before which the tasks were created.</param>
    public static async Task<(IReadOnlyList<TaskEntity> Tasks, string? Cursor)> TasksAsync(
        HiveReader reader, PurgeSpec spec, string? cursor, long before, int limit, CancellationToken cancel)
    {
        if (spec.Task is { } id)
        {
            var stored = await reader.GetAsync([new EntityKey(TaskEntity.Entity.Name, id)], cancel);
            return (stored is [var one] && reader.Parse(one, TaskFeature.Tasks) is { } task ? [task] : [], null);
        }

        var query = new EntityQuery(TaskEntity.Entity.Name, Any, Ascending: true, PageRules.SeqOf(cursor), limit);
        var (found, next, _) = await reader.PageAsync(query, TaskFeature.Tasks, t => t.CreatedBy == spec.Subject && t.Seq < before, cancel);
        return (found, next);
    }

    /// <summary>Returns the tasks that review the results of these: they have copies of titles, inputs and results.</summary>
    public static async Task<IReadOnlyList<TaskEntity>> ReviewsAsync(HiveReader reader, IReadOnlyList<TaskEntity> tasks, CancellationToken cancel)
    {
        var found = new List<TaskEntity>();
        foreach (var task in tasks)
        {
            var children = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["parent"] = [task.Id] };
            for (long? after = 0; after is not null;)
            {
                var query = new EntityQuery(TaskEntity.Entity.Name, children, Ascending: true, after, 100);
                var (some, next, _) = await reader.PageAsync(query, TaskFeature.Tasks, t => t.Verifies == task.Id, cancel);
                found.AddRange(some);
                after = PageRules.SeqOf(next);
            }
        }

        return found;
    }

    /// <summary>Returns those of the tasks that are purged.</summary>
    public static async Task<HashSet<string>> PurgedAsync(HiveReader reader, IEnumerable<string> tasks, CancellationToken cancel)
    {
        var purged = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in tasks.Distinct(StringComparer.Ordinal).Chunk(Slice))
        {
            foreach (var stored in await reader.GetAsync([.. some.Select(id => new EntityKey(TaskEntity.Entity.Name, id))], cancel))
            {
                if (reader.Parse(stored, TaskFeature.Tasks) is { PurgedAt: not null }) purged.Add(stored.Id);
            }
        }

        return purged;
    }

    /// <summary>Returns a page of the entities of a kind that the filter chooses, in the order of their creation.</summary>
    public static async Task<(IReadOnlyList<T> Found, string? Cursor)> PageAsync<T>(
        HiveReader reader, EntityType<T> type, string? cursor, Func<T, bool> chooses, CancellationToken cancel)
        where T : class
    {
        var query = new EntityQuery(type.Name, Any, Ascending: true, PageRules.SeqOf(cursor), Slice);
        var (found, next, _) = await reader.PageAsync(query, type, chooses, cancel);
        return (found, next);
    }

    /// <summary>Whether the subject put the value of the entry.</summary>
    public static bool IsOf(MemoryEntity entry, PurgeSpec spec) => entry.UpdatedBy == spec.Subject;

    public static bool IsOf(ChatMessageEntity message, PurgeSpec spec) => message.Sender == spec.Subject && message.Content != PurgedText.Text;

    public static bool IsOf(NotificationEntity notification, PurgeSpec spec) =>
        spec.Subject is { } subject && (notification.SentBy == subject || notification.To == subject);

    public static async Task<(PurgeCounts Counts, Error? Problem)> CountAsync(HiveReader reader, PurgeSpec spec, CancellationToken cancel)
    {
        var counts = new PurgeCounts(0, 0, 0, 0);
        string? cursor = null;
        do
        {
            (var tasks, cursor) = await TasksAsync(reader, spec, cursor, long.MaxValue, 500, cancel);
            if (spec.Task is { } id && PurgeRules.Problem(id, tasks.Count > 0 ? tasks[0] : null) is { } problem) return (counts, problem);
            var ended = tasks.Count(t => t.State.IsTerminal());
            counts = counts with { Tasks = counts.Tasks + ended, OpenTasks = counts.OpenTasks + tasks.Count - ended };
        }
        while (cursor is not null);
        if (spec.Subject is null) return (counts, null);
        return (counts with
        {
            MemoryEntries = await CountAsync(reader, MemoryFeature.Entries, e => IsOf(e, spec), cancel),
            Messages = await CountAsync(reader, ChatFeature.Messages, m => IsOf(m, spec), cancel)
                + await CountAsync(reader, NotificationFeature.Notifications, n => IsOf(n, spec), cancel),
        }, null);
    }

    private static async Task<long> CountAsync<T>(HiveReader reader, EntityType<T> type, Func<T, bool> chooses, CancellationToken cancel)
        where T : class
    {
        var count = 0L;
        string? cursor = null;
        do
        {
            (var found, cursor) = await PageAsync(reader, type, cursor, chooses, cancel);
            count += found.Count;
        }
        while (cursor is not null);
        return count;
    }
}
