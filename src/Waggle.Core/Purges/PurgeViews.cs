using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

internal static class PurgeViews
{
    public static PurgeView Of(PurgeEntity purge) => new()
    {
        Id = purge.Id,
        Spec = purge.Spec,
        State = purge.EndedAt is null ? PurgeState.Running : PurgeState.Done,
        Step = purge.EndedAt is null ? purge.Progress.Step : null,
        Counts = purge.Progress.Counts,
        OpenTasks = purge.Progress.OpenTasks,
        Blobs = purge.Progress.Blobs,
        Records = purge.Progress.Records,
        LogOffset = purge.Progress.LogEnd is null ? null : purge.Progress.LogOffset,
        LogEnd = purge.Progress.LogEnd,
        StartedBy = purge.Author,
        StartedAt = purge.StartedAt,
        EndedAt = purge.EndedAt,
    };

    /// <summary>Returns what the purge erases, for the audit log and the hub's log.</summary>
    public static string Text(PurgeSpec spec) => spec.Task is { } task ? $"task {task}" : $"subject {spec.Subject}";
}
