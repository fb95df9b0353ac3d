using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

internal static class ScheduleViews
{
    public static ScheduleView Of(ScheduleEntity s) => new()
    {
        Id = s.Id,
        Swarm = s.Swarm,
        State = s.State,
        Spec = s.Spec,
        NextDueAt = s.NextDueAt,
        NextRunAt = s.NextRunAt,
        LastRunAt = s.LastRunAt,
        LastTask = s.LastTask,
        Running = s.Running,
        Queued = s.Queue.Count,
        Runs = s.Runs,
        Skipped = s.Skipped,
        TooLate = s.TooLate,
        LastProblem = s.LastProblem,
        CreatedAt = s.CreatedAt,
        SetBy = s.SetBy,
        SetAt = s.SetAt,
    };
}
