using Waggle.Core.Chat;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Notifications;
using Waggle.Core.Questions;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>The steps of memory and of messages. Each call handles one batch and returns the command that erases it.</summary>
internal sealed class PurgeEntrySteps(HiveReader reader)
{
    // The cursor of the messages of conversations, which follow the notifications.
    private const string ChatCursor = "chat:";

    private Principal By => Principal.Hub(reader.Options.Hive);

    /// <summary>Deletes the entries of memory whose value the subject put last.</summary>
    public async Task<PurgeCommand> MemoryAsync(PurgeEntity purge, CancellationToken stop)
    {
        var next = purge.Progress with { Step = PurgeStep.Messages, Cursor = null };
        if (purge.Spec.Subject is null) return new AdvancePurge(purge.Id, next) { By = By };
        var (found, cursor) = await PurgeScope.PageAsync(reader, MemoryFeature.Entries, purge.Progress.Cursor, e => PurgeScope.IsOf(e, purge.Spec), stop);
        if (cursor is not null) next = purge.Progress with { Cursor = cursor };
        await DeleteBlobsAsync(purge, found, stop);
        return new PurgeMemory(purge.Id, [.. found.Select(e => new PurgedEntry(e.Swarm, e.Namespace, e.Key))], next) { By = By };
    }

    /// <summary>Erases the texts of notifications, then those of messages of conversations.</summary>
    public async Task<PurgeCommand> MessagesAsync(PurgeEntity purge, CancellationToken stop)
    {
        var (spec, cursor) = (purge.Spec, purge.Progress.Cursor);
        if (cursor?.StartsWith(ChatCursor, StringComparison.Ordinal) == true)
        {
            var (messages, more) = await PurgeScope.PageAsync(reader, ChatFeature.Messages, cursor[ChatCursor.Length..], m => PurgeScope.IsOf(m, spec), stop);
            return Erase(purge, [], [.. messages.Select(m => m.Id)], more is null ? null : ChatCursor + more);
        }

        var (some, next) = await PurgeScope.PageAsync(
            reader, NotificationFeature.Notifications, cursor, n => PurgeScope.IsOf(n, spec) || QuestionNotice.TaskOf(n.Message) is not null, stop);
        var purged = await PurgeScope.PurgedAsync(reader, some.Select(n => QuestionNotice.TaskOf(n.Message)).OfType<string>(), stop);
        var chosen = some.Where(n => PurgeScope.IsOf(n, spec) || (QuestionNotice.TaskOf(n.Message) is { } task && purged.Contains(task)));
        return Erase(purge, [.. chosen.Select(n => n.Id)], [], next ?? (spec.Subject is null ? null : ChatCursor));
    }

    private PurgeMessages Erase(PurgeEntity purge, string[] notifications, string[] messages, string? cursor)
    {
        var next = purge.Progress with { Step = cursor is null ? PurgeStep.Blobs : PurgeStep.Messages, Cursor = cursor };
        return new PurgeMessages(purge.Id, notifications, messages, next) { By = By };
    }

    // Long values are files. They go before their entries, because nothing names them afterwards; one that a later put uses again stays.
    private async Task DeleteBlobsAsync(PurgeEntity purge, IReadOnlyList<MemoryEntity> entries, CancellationToken stop)
    {
        if (reader.Blobs is not { } blobs) return;
        foreach (var blob in entries.Select(e => e.Blob).OfType<string>().Distinct(StringComparer.Ordinal))
            await blobs.DeleteAsync(blob, purge.StartedAt, stop);
    }
}
