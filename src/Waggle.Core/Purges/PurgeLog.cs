using Microsoft.Extensions.Logging;
using Waggle.Core.Chat;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Questions;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>
/// The step of the log. It reads the rows from the first task's creation to the purge, a slice at a time, because the store has no index from tasks to rows:
/// such an index would cost every commit, and a purge is rare.
/// </summary>
internal sealed partial class PurgeLog(HiveReader reader, ILogEraser eraser, ILogger log)
{
    // A progress record for each slice would make the log grow by the purge itself.
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>Returns the offset after which the log has records of the purge's task.</summary>
    public async Task<long> StartAsync(PurgeEntity purge, CancellationToken stop)
    {
        var (tasks, _) = await PurgeScope.TasksAsync(reader, purge.Spec, null, purge.Seq, 1, stop);
        return tasks.Count == 0 ? 0 : tasks[0].Seq - 1;
    }

    /// <summary>Erases slices of the log for a while.</summary>
    public async Task<PurgeCommand> RunAsync(PurgeEntity purge, CancellationToken stop)
    {
        var (offset, end, records) = (purge.Progress.LogOffset, purge.Progress.LogEnd ?? 0, purge.Progress.Records);
        var began = reader.Time.GetTimestamp();
        while (offset < end)
        {
            var started = reader.Time.GetTimestamp();
            var slice = await eraser.EraseAsync(offset, end, some => ChooseAsync(purge, some, stop), stop);
            foreach (var unreadable in slice.Unreadable) LogUnreadable(log, purge.Id, unreadable);
            (offset, records) = (slice.End, records + slice.Records);
            if (offset >= end || reader.Time.GetElapsedTime(began) >= ProgressInterval) break;

            // Half of a core at most, and the store is free for commits in between.
            await Task.Delay(reader.Time.GetElapsedTime(started), reader.Time, stop);
        }

        var next = purge.Progress with { LogOffset = offset, Records = records };
        if (offset >= end)
        {
            await eraser.ForgetAsync(end);
            next = next with { Step = PurgeStep.Files };
        }

        return new AdvancePurge(purge.Id, next) { By = Principal.Hub(reader.Options.Hive) };
    }

    /// <summary>Chooses the records about tasks that are purged, by this purge or by another one, and those with texts of the subject.</summary>
    private async Task<Func<RecordData, bool>> ChooseAsync(PurgeEntity purge, IReadOnlyList<RecordData> records, CancellationToken stop)
    {
        var purged = await PurgeScope.PurgedAsync(reader, records.Select(TaskOf).OfType<string>(), stop);

        // Retention may have deleted the task of the purge; its records are here.
        if (purge.Spec.Task is { } own) purged.Add(own);
        return purge.Spec.Subject is { } subject
            ? record => IsOf(record, subject) || (TaskOf(record) is { } task && purged.Contains(task))
            : record => TaskOf(record) is { } task && purged.Contains(task);
    }

    private static bool IsOf(RecordData record, string subject) => record switch
    {
        MessagePosted r => r.Sender == subject,
        NotificationSent r => r.SentBy == subject || r.To == subject,
        _ => false,
    };

    private static string? TaskOf(RecordData record) => record switch
    {
        TaskRecord r => r.Task,
        QuestionRecord r => r.Task,
        NotificationSent r => QuestionNotice.TaskOf(r.Message),
        _ => null,
    };

    [LoggerMessage(73, LogLevel.Warning, "Purge {Purge} left the damaged log row at offset {Offset} as it is. The hub sends it to no client.")]
    private static partial void LogUnreadable(ILogger logger, string purge, long offset);
}
